using System.Diagnostics;
using System.Globalization;

namespace StratAI.Benchmarks;

/// <summary>
/// Times two things in turns, one run of each after the other, and compares their medians. On a machine that others use, a disturbance then meets both,
/// where one after the other it would meet one.
/// </summary>
internal static class Paired
{
    private const int Warmup = 300;
    private const int Runs = 2_000;

    public static async Task CompareAsync(string name, Func<Task> baseline, Func<Task> compared)
    {
        var (before, after) = (new List<double>(Runs), new List<double>(Runs));
        for (var run = -Warmup; run < Runs; run++)
        {
            // Who comes second finds warmer caches; each does so every other time.
            var (first, second) = run % 2 == 0 ? (baseline, compared) : (compared, baseline);
            var (one, other) = (await TimeAsync(first), await TimeAsync(second));
            if (run >= 0)
            {
                before.Add(run % 2 == 0 ? one : other);
                after.Add(run % 2 == 0 ? other : one);
            }
        }

        var (from, to) = (Median(before), Median(after));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {from:F0} µs | {to:F0} µs | {to / from:F2} |"));
    }

    private static async Task<double> TimeAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
