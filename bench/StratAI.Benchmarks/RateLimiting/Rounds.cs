using System.Diagnostics;
using System.Globalization;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>Many workers at once, the contenders in turns, the median of their rounds over that of the first.</summary>
internal static class Rounds
{
    private const int Count = 7;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <param name="name">Of what is done.</param>
    /// <param name="workers">How many at once.</param>
    /// <param name="operations">Of each worker in a round.</param>
    /// <param name="contenders">What a worker does, given a number of its own that changes with every operation.</param>
    public static async Task CompareAsync(
        string name, int workers, int operations, params (string Name, Func<int, ValueTask> Operate)[] contenders)
    {
        // What completes at once never gives its thread back: with fewer threads than workers, some would begin when others have ended.
        ThreadPool.SetMinThreads(2 * workers, 2 * workers);
        var rates = contenders.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round <= Count; round++)
        {
            for (var contender = 0; contender < contenders.Length; contender++)
            {
                var rate = await MeasureAsync(workers, operations, contenders[contender].Operate);
                if (round > 0)
                {
                    rates[contender].Add(rate);
                }
            }
        }

        Console.WriteLine();
        Console.WriteLine($"| {name} | per second | slowest round | fastest round | ratio |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        var first = Median(rates[0]);
        foreach (var ((contender, _), measured) in contenders.Zip(rates))
        {
            var median = Median(measured);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {contender} | {median:N0} | {measured[0]:N0} | {measured[^1]:N0} | {median / first:F2} |"));
        }
    }

    private static async Task<double> MeasureAsync(int workers, int operations, Func<int, ValueTask> operate)
    {
        using var limit = new CancellationTokenSource(Limit);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(worker))));
        return (double)workers * operations / Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task WorkAsync(int worker)
        {
            for (var operation = 0; operation < operations; operation++)
            {
                if (operation % 100 == 0)
                {
                    limit.Token.ThrowIfCancellationRequested();
                }

                await operate((worker * operations) + operation);
            }
        }
    }

    private static double Median(List<double> rates)
    {
        rates.Sort();
        return rates[rates.Count / 2];
    }
}
