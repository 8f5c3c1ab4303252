using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Caching.Hybrid;
using ZiggyCreatures.Caching.Fusion;

namespace StratAI.Benchmarks.Caching;

/// <summary>
/// Sixteen workers read 1,000 keys; one in a hundred operations removes its key and reads it again, which runs the factory. The caches take turns, and
/// the median of their rounds counts.
/// </summary>
internal static class HotSet
{
    private const int Workers = 16;
    private const int Operations = 100_000;
    private const int Rounds = 5;
    private const int Seed = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly string[] Keys = [.. Enumerable.Range(0, 1_000).Select(key => $"articles:{key}")];

    public static async Task RunAsync()
    {
        // Reads from L1 never give their thread back: with fewer threads than workers, some would begin when others have ended.
        ThreadPool.SetMinThreads(2 * Workers, 2 * Workers);
        await using var space = await RedisSpace.OpenAsync();
        await using CacheScope<HybridCache> embedded = Contenders.Embedded(), distributed = Contenders.Distributed(space.Name);
        await using CacheScope<HybridCache> microsoft = Contenders.Microsoft(), microsoftOnRedis = Contenders.MicrosoftOnRedis(space.Name);
        await using CacheScope<IFusionCache> fusion = Contenders.Fusion(), fusionOnRedis = Contenders.FusionOnRedis(space.Name);
        Contender[] contenders =
        [
            Of("ours, embedded", embedded.Cache),
            Of("DefaultHybridCache, L1 only", microsoft.Cache),
            Of("FusionCache, memory only", fusion.Cache),
            Of("ours, on Redis", distributed.Cache),
            Of("DefaultHybridCache, Redis as L2", microsoftOnRedis.Cache),
            Of("FusionCache, Redis as L2 and backplane", fusionOnRedis.Cache),
        ];

        var rates = contenders.ToDictionary(contender => contender.Name, _ => new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var contender in contenders)
            {
                var rate = await MeasureAsync(contender);
                if (round > 0)
                {
                    rates[contender.Name].Add(rate);
                }
            }
        }

        Console.WriteLine("| cache | operations per second | slowest round | fastest round |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (var (name, measured) in rates)
        {
            measured.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {measured[Rounds / 2]:N0} | {measured[0]:N0} | {measured[^1]:N0} |"));
        }
    }

    private static async Task<double> MeasureAsync(Contender contender)
    {
        foreach (var key in Keys)
        {
            await contender.ReadAsync(key);
        }

        using var limit = new CancellationTokenSource(Limit);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(contender, new Random(Seed + worker), limit.Token))));
        return Workers * Operations / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task WorkAsync(Contender contender, Random random, CancellationToken limit)
    {
        for (var operation = 0; operation < Operations; operation++)
        {
            var key = Keys[random.Next(Keys.Length)];
            if (random.Next(100) == 0)
            {
                limit.ThrowIfCancellationRequested();
                await contender.RemoveAsync(key);
            }

            await contender.ReadAsync(key);
        }
    }

    private static Contender Of(string name, HybridCache cache) => new(
        name,
        key => cache.GetOrCreateAsync(key, Article.Sample, static (state, _) => ValueTask.FromResult(state)),
        key => cache.RemoveAsync(key));

    private static Contender Of(string name, IFusionCache cache) => new(
        name,
        key => cache.GetOrSetAsync<Article>(key, static (_, _) => Task.FromResult(Article.Sample)),
        key => cache.RemoveAsync(key));

    private sealed record Contender(string Name, Func<string, ValueTask<Article>> ReadAsync, Func<string, ValueTask> RemoveAsync);
}
