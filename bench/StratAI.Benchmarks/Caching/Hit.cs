using System.Diagnostics;
using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Benchmarks.Caching;

internal static class Hit
{
    private static readonly HybridCacheEntryOptions LocalOnly =
        new() { Flags = HybridCacheEntryFlags.DisableDistributedCache | HybridCacheEntryFlags.DisableUnderlyingData };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The value of a read that L1 answers: such a read has ended when it returns.</summary>
    public static T Of<T>(ValueTask<T> read) => read.IsCompletedSuccessfully ? read.Result : throw new InvalidOperationException("Not a hit in L1.");

    /// <summary>What L1 alone holds, or null.</summary>
    public static ValueTask<T?> LocalAsync<T>(HybridCache cache, string key)
        where T : class => cache.GetOrCreateAsync<object?, T?>(key, null, static (_, _) => default, LocalOnly);

    /// <summary>Reads until the value is in L1, which a distributed cache does not trust before it has heard from Redis.</summary>
    public static async Task WarmAsync<T>(HybridCache cache, string key, T value, IEnumerable<string>? tags = null)
        where T : class
    {
        for (var started = Stopwatch.GetTimestamp(); await LocalAsync<T>(cache, key) is null; await Task.Delay(1))
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException("The value does not come into L1.");
            }

            await cache.GetOrCreateAsync(key, value, static (state, _) => new ValueTask<T>(state), tags: tags);
        }
    }
}
