using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;
using ZiggyCreatures.Caching.Fusion;

namespace StratAI.Benchmarks.Caching;

/// <summary>One article in L2, read through each cache past L1, and by hand. A factory that runs ends the measurement.</summary>
internal sealed class SharedReads : IAsyncDisposable
{
    private const string Key = "articles:0198c0de";

    private static readonly HybridCacheEntryOptions PastLocal = new() { Flags = HybridCacheEntryFlags.DisableLocalCache };
    private static readonly HybridCacheEntryOptions NotKeptLocally = new() { Flags = HybridCacheEntryFlags.DisableLocalCacheWrite };
    private static readonly FusionCacheEntryOptions PastMemory = new(TimeSpan.FromMinutes(5)) { SkipMemoryCacheRead = true, SkipMemoryCacheWrite = true };

    private readonly RedisSpace _space;
    private readonly CacheScope<HybridCache> _ours;
    private readonly CacheScope<HybridCache> _microsoft;
    private readonly CacheScope<IFusionCache> _fusion;

    private SharedReads(RedisSpace space)
    {
        _space = space;
        (_ours, _microsoft, _fusion) = (Contenders.Distributed(space.Name), Contenders.MicrosoftOnRedis(space.Name), Contenders.FusionOnRedis(space.Name));
    }

    private string RawKey => $"{_space.Name}:raw:{Key}";

    public static async Task<SharedReads> CreateAsync()
    {
        var reads = new SharedReads(await RedisSpace.OpenAsync());
        await reads._space.Database.StringSetAsync(reads.RawKey, Article.SampleJson, TimeSpan.FromHours(1));
        await reads._ours.Cache.SetAsync(Key, Article.Sample, PastLocal);
        await reads._microsoft.Cache.SetAsync(Key, Article.Sample, PastLocal);
        await reads._fusion.Cache.SetAsync(Key, Article.Sample, PastMemory);
        return reads;
    }

    public async Task<Article> RawAsync()
    {
        var json = (ReadOnlyMemory<byte>)await _space.Database.StringGetAsync(RawKey);
        return JsonSerializer.Deserialize<Article>(json.Span)!;
    }

    /// <summary>L1 is neither read nor written, which asks for the strict path.</summary>
    public ValueTask<Article> OursPastLocalAsync() => ReadAsync(_ours.Cache, PastLocal);

    /// <summary>L1 is read and has nothing, as on any first read.</summary>
    public ValueTask<Article> OursNotInLocalAsync() => ReadAsync(_ours.Cache, NotKeptLocally);

    public ValueTask<Article> MicrosoftAsync() => ReadAsync(_microsoft.Cache, PastLocal);

    public ValueTask<Article> FusionAsync() => _fusion.Cache.GetOrSetAsync<Article>(Key, static (_, _) => throw NotAHit(), PastMemory);

    public async ValueTask DisposeAsync()
    {
        await _ours.DisposeAsync();
        await _microsoft.DisposeAsync();
        await _fusion.DisposeAsync();
        await _space.DisposeAsync();
    }

    private static ValueTask<Article> ReadAsync(HybridCache cache, HybridCacheEntryOptions options) =>
        cache.GetOrCreateAsync<object?, Article>(Key, null, static (_, _) => throw NotAHit(), options);

    private static InvalidOperationException NotAHit() => new("Not a hit in L2.");
}
