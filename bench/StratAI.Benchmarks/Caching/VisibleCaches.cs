using Microsoft.Extensions.Caching.Hybrid;
using ZiggyCreatures.Caching.Fusion;

namespace StratAI.Benchmarks.Caching;

internal static class VisibleCaches
{
    public const string Ours = "ours";
    public const string Fusion = "FusionCache";

    public static IVisibleCache Open(string name, string space) => name switch
    {
        Ours => new OurCache(Contenders.Distributed(space)),
        Fusion => new FusionCache(Contenders.FusionOnRedis(space)),
        _ => throw new ArgumentException($"There is no cache '{name}'.", nameof(name)),
    };

    private sealed class OurCache(CacheScope<HybridCache> scope) : IVisibleCache
    {
        private static readonly HybridCacheEntryOptions WithoutFactory = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

        public ValueTask SetAsync(string key, string value) => scope.Cache.SetAsync(key, value);

        public ValueTask RemoveAsync(string key) => scope.Cache.RemoveAsync(key);

        public async ValueTask LoadAsync(string key) => await scope.Cache.GetOrCreateAsync<object?, string?>(key, null, static (_, _) => default, WithoutFactory);

        public ValueTask<string?> PeekAsync(string key) => Hit.LocalAsync<string>(scope.Cache, key);

        public ValueTask DisposeAsync() => scope.DisposeAsync();
    }

    private sealed class FusionCache(CacheScope<IFusionCache> scope) : IVisibleCache
    {
        private static readonly FusionCacheEntryOptions MemoryOnly = new(TimeSpan.FromMinutes(5)) { SkipDistributedCacheRead = true, SkipDistributedCacheWrite = true };

        public ValueTask SetAsync(string key, string value) => scope.Cache.SetAsync(key, value);

        public ValueTask RemoveAsync(string key) => scope.Cache.RemoveAsync(key);

        public async ValueTask LoadAsync(string key) => await scope.Cache.GetOrDefaultAsync<string>(key);

        public ValueTask<string?> PeekAsync(string key) => scope.Cache.GetOrDefaultAsync<string>(key, options: MemoryOnly);

        public ValueTask DisposeAsync() => scope.DisposeAsync();
    }
}
