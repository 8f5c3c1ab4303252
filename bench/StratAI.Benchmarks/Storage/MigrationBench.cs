using System.Diagnostics;
using System.Globalization;
using StratAI.Benchmarks.Chat;

namespace StratAI.Benchmarks.Storage;

/// <summary>
/// The move of base64 out of PostgreSQL to S3, by the command, beside a host that serves: its rate, and the time of the host's reads before,
/// while and after.
/// </summary>
internal static class MigrationBench
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(int rows, string[] arguments)
    {
        await using var database = await BenchDatabase.CreateAsync();
        await using var host = await S3Host.StartAsync(database.ConnectionString);
        Console.WriteLine(await host.RunAsync("generate-images", "--rows", rows.ToString(CultureInfo.InvariantCulture), "--broken", "5", "--seed", "1"));
        using var readers = await DocumentReaders.CreateAsync(host.Address);
        // Once to warm up.
        await MeasureAsync(readers, Task.Delay(Quiet / 2));

        var before = await MeasureAsync(readers, Task.Delay(Quiet));
        var started = Stopwatch.GetTimestamp();
        var migration = host.RunAsync(["migrate-images", .. arguments]);
        var during = await MeasureAsync(readers, migration);
        var elapsed = Stopwatch.GetElapsedTime(started);
        var after = await MeasureAsync(readers, Task.Delay(Quiet));

        Console.WriteLine(await migration);
        Console.WriteLine($"{rows} rows in {elapsed.TotalSeconds:0.0} s with the start of the process.\n");
        Console.WriteLine("| reads of the host | requests | p50 ms | p99 ms | p99 to that before |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        Write("before", before, before);
        Write("during the migration", during, before);
        Write("after", after, before);
    }

    private static async Task<List<double>> MeasureAsync(DocumentReaders readers, Task until)
    {
        using var stop = new CancellationTokenSource();
        var reading = readers.ReadAsync(stop.Token);
        await until;
        await stop.CancelAsync();
        var times = await reading;
        times.Sort();
        return times;
    }

    private static void Write(string name, List<double> times, List<double> before) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"| {name} | {times.Count} | {Percentile(times, 0.5):0.00} | {Percentile(times, 0.99):0.00} | {Percentile(times, 0.99) / Percentile(before, 0.99):0.00} |"));

    private static double Percentile(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * share)];
}
