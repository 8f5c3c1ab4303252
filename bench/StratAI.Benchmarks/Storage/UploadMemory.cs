using System.Diagnostics;
using System.Globalization;

namespace StratAI.Benchmarks.Storage;

/// <summary>
/// By how much a process that takes a hundred uploads at once grows over its idle size, against the length of the files. Each length has a process of its
/// own, and a round is measured by the kernel's own peak.
/// </summary>
internal static class UploadMemory
{
    private const int AtOnce = 100;
    private const int WarmUps = 200;
    private const int Rounds = 3;

    private static readonly long[] Lengths = [100_000, 1_000_000, 5_000_000, 10_000_000];

    private static readonly IReadOnlyDictionary<string, (string Type, Func<S3Space, Task<UploadTarget>> Start)> Targets =
        new Dictionary<string, (string, Func<S3Space, Task<UploadTarget>>)>
        {
            ["host, PDF"] = ("application/pdf", UploadTarget.HostAsync),
            ["host, text"] = ("text/plain", UploadTarget.HostAsync),
            ["Minio `PutObjectAsync`"] = ("application/pdf", space => UploadTarget.PeerAsync(space, PeerApp.Minio)),
            ["AWS `TransferUtility`"] = ("application/pdf", space => UploadTarget.PeerAsync(space, PeerApp.TransferUtility)),
        };

    /// <summary>Measures the rows whose beginning contains all of the given words, such as <c>host "10 MB"</c>.</summary>
    public static async Task RunAsync(IReadOnlyCollection<string> words)
    {
        Console.WriteLine($"| {AtOnce} uploads at once | file | idle | peak of {Rounds} rounds | growth | 10 s after | time per round |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        await using var space = await S3Space.CreateAsync();
        foreach (var (name, (type, start)) in Targets)
        {
            foreach (var length in Lengths)
            {
                var row = string.Create(CultureInfo.InvariantCulture, $"| {name} | {length / 1e6} MB |");
                if (words.All(word => row.Contains(word, StringComparison.OrdinalIgnoreCase)))
                {
                    await using var target = await start(space);
                    await MeasureAsync(row, target, type, length, space);
                }
            }
        }
    }

    private static async Task MeasureAsync(string row, UploadTarget target, string type, long length, S3Space space)
    {
        // One after the other: enough for the code to be compiled, too little for what a hundred at once would leave in the pools.
        for (var upload = 0; upload < WarmUps; upload++)
        {
            await target.UploadAsync(type, 100_000);
        }

        await space.EmptyAsync();
        await Task.Delay(TimeSpan.FromSeconds(5));
        var idle = target.Memory.Now;
        var (peak, times) = (0L, new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            target.Memory.ForgetPeak();
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => target.UploadAsync(type, length)));
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            peak = Math.Max(peak, target.Memory.Peak);
            await space.EmptyAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(10));
        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{row} {idle / 1e6:F0} MB | {peak / 1e6:F0} MB | {(peak - idle) / 1e6:F0} MB | {(target.Memory.Now - idle) / 1e6:+0;-0} MB | {times[times.Count / 2]:F1} s |"));
    }
}
