using BitFaster.Caching.Lru;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using ZiggyCreatures.Caching.Fusion;

namespace StratAI.Benchmarks.Caching;

/// <summary>All the caches with one value in L1.</summary>
internal sealed class LocalHitCaches<T> : IAsyncDisposable
    where T : class
{
    public const string Key = "articles:0198c0de";
    private const int Capacity = 10_000;

    private readonly RedisSpace _space;
    private readonly CacheScope<HybridCache> _embedded = Contenders.Embedded();
    private readonly CacheScope<HybridCache> _distributed;
    private readonly CacheScope<HybridCache> _microsoft = Contenders.Microsoft();
    private readonly CacheScope<IFusionCache> _fusion = Contenders.Fusion();

    private LocalHitCaches(RedisSpace space) => (_space, _distributed) = (space, Contenders.Distributed(space.Name));

    public HybridCache Embedded => _embedded.Cache;

    public HybridCache Distributed => _distributed.Cache;

    public HybridCache Microsoft => _microsoft.Cache;

    public IFusionCache Fusion => _fusion.Cache;

    public IMemoryCache Memory { get; } = new MemoryCache(new MemoryCacheOptions());

    public ConcurrentLru<string, T> Lru { get; } = new(Capacity);

    public static async Task<LocalHitCaches<T>> CreateAsync(T value, string[]? tags)
    {
        var caches = new LocalHitCaches<T>(await RedisSpace.OpenAsync());
        foreach (var cache in new[] { caches.Embedded, caches.Distributed, caches.Microsoft })
        {
            await Hit.WarmAsync(cache, Key, value, tags);
        }

        await caches.Fusion.SetAsync(Key, value, tags: tags);
        caches.Memory.Set(Key, value, TimeSpan.FromHours(1));
        caches.Lru.AddOrUpdate(Key, value);
        return caches;
    }

    public async ValueTask DisposeAsync()
    {
        await _embedded.DisposeAsync();
        await _distributed.DisposeAsync();
        await _microsoft.DisposeAsync();
        await _fusion.DisposeAsync();
        Memory.Dispose();
        await _space.DisposeAsync();
    }
}
