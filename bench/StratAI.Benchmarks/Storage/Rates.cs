using System.Diagnostics;
using System.Globalization;

namespace StratAI.Benchmarks.Storage;

/// <summary>Ways to move the same bytes, timed in turns and compared with the first of them: what disturbs the server meets all.</summary>
internal sealed class Rates(string title, long length, int atOnce, int rounds, Func<Task> afterRound)
{
    private const int WarmUps = 3;

    public static void WriteHead()
    {
        Console.WriteLine("| | file | at once | time, median of rounds | MB/s | of bare `HttpClient` | allocated per file |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
    }

    /// <summary>Times each way once per round, in an order that moves on by one, and writes their rows.</summary>
    public async Task CompareAsync(params (string Name, Func<Task> Move)[] ways)
    {
        var times = ways.Select(_ => new List<double>()).ToArray();
        var allocated = new long[ways.Length];
        for (var round = -WarmUps; round < rounds; round++)
        {
            for (var turn = 0; turn < ways.Length; turn++)
            {
                var way = (turn + round + WarmUps) % ways.Length;
                var before = GC.GetTotalAllocatedBytes(precise: true);
                var start = Stopwatch.GetTimestamp();
                await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(ways[way].Move)));
                if (round >= 0)
                {
                    times[way].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                    allocated[way] += GC.GetTotalAllocatedBytes(precise: true) - before;
                }
            }

            await afterRound();
        }

        var bare = Median(times[0]);
        for (var way = 0; way < ways.Length; way++)
        {
            var (time, each) = (Median(times[way]), allocated[way] / rounds / atOnce);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {title}: {ways[way].Name} | {length / 1e6} MB | {atOnce} | {time * 1e3:F1} ms | {length * atOnce / 1e6 / time:F0} | {bare / time:F2} | {each / 1e3:F0} KB |"));
        }
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
