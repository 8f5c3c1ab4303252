using System.Diagnostics;
using System.Globalization;

namespace StratAI.Benchmarks.Caching;

/// <summary>
/// How long a change takes to be visible in another process's L1, beside a bare message from the one process to the other. Both processes read
/// the machine's one monotonic clock.
/// </summary>
internal static class VisibilityRun
{
    private const int Warmup = 200;
    private const int Runs = 2_000;

    public static async Task RunAsync()
    {
        Console.WriteLine("| from the call to | p50 | p99 | p50 ÷ message | p99 ÷ message |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        foreach (var name in new[] { VisibleCaches.Ours, VisibleCaches.Fusion })
        {
            await CompareAsync(name);
        }
    }

    private static async Task CompareAsync(string name)
    {
        await using var space = await RedisSpace.OpenAsync();
        await using var cache = VisibleCaches.Open(name, space.Name);
        await using var node = await NodeProcess.StartAsync(name, space.Name);
        var (bare, removed, set) = (new List<double>(), new List<double>(), new List<double>());
        for (var run = -Warmup; run < Runs; run++)
        {
            var key = $"key-{run}";
            var measured = (
                Bare: await MeasureAsync("bare", $"{key}-bare", () => new(space.Subscriber.PublishAsync(space.Bare, "message"))),
                Removed: await MeasureAsync("key", $"{key}-removed", () => cache.RemoveAsync($"{key}-removed")),
                Set: await MeasureAsync("key", $"{key}-set", () => cache.SetAsync($"{key}-set", "new")));
            if (run >= 0)
            {
                bare.Add(measured.Bare);
                removed.Add(measured.Removed);
                set.Add(measured.Set);
            }
        }

        Write($"a bare message's handler, beside {name}", bare, bare);
        Write($"{name}: `RemoveAsync` to a value gone from the other L1", removed, bare);
        Write($"{name}: `SetAsync` to a value gone from the other L1", set, bare);

        async Task<double> MeasureAsync(string kind, string key, Func<ValueTask> change)
        {
            await cache.SetAsync(key, "old");
            await node.WatchAsync(kind, key, "old");
            var started = Stopwatch.GetTimestamp();
            await change();
            var seen = await node.SeenAsync();
            return seen > started ? Stopwatch.GetElapsedTime(started, seen).TotalMicroseconds : throw new InvalidOperationException("It was seen before it was made.");
        }
    }

    private static void Write(string name, List<double> times, List<double> bare)
    {
        times.Sort();
        var (p50, p99) = (Percentile(times, 0.50), Percentile(times, 0.99));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {p50:F0} µs | {p99:F0} µs | {p50 / Percentile(bare, 0.50):F2} | {p99 / Percentile(bare, 0.99):F2} |"));
    }

    private static double Percentile(List<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
}
