using BenchmarkDotNet.Attributes;

namespace StratAI.Benchmarks.Caching;

/// <summary>A hit in L1 of an immutable record. Written out for its type: through a type parameter each call would pay for looking it up.</summary>
public class LocalHitOfArticleBenchmarks
{
    private const string Key = LocalHitCaches<Article>.Key;

    private LocalHitCaches<Article> _caches = null!;
    private string[]? _tags;

    [Params(0, 2)]
    public int Tags { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _tags = Tags == 0 ? null : [.. Enumerable.Range(1, Tags).Select(tag => $"tag-{tag}")];
        _caches = await LocalHitCaches<Article>.CreateAsync(Article.Sample, _tags);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _caches.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Article MemoryCache() => _caches.Memory.TryGetValue(Key, out var value) ? (Article)value! : throw new InvalidOperationException();

    [Benchmark]
    public Article ConcurrentLru() => _caches.Lru.TryGet(Key, out var value) ? value : throw new InvalidOperationException();

    [Benchmark]
    public Article OursEmbedded() => Hit.Of(_caches.Embedded.GetOrCreateAsync(Key, Article.Sample, static (state, _) => ValueTask.FromResult(state), tags: _tags));

    [Benchmark]
    public Article OursOnRedis() => Hit.Of(_caches.Distributed.GetOrCreateAsync(Key, Article.Sample, static (state, _) => ValueTask.FromResult(state), tags: _tags));

    [Benchmark]
    public Article Microsoft() => Hit.Of(_caches.Microsoft.GetOrCreateAsync(Key, Article.Sample, static (state, _) => ValueTask.FromResult(state), tags: _tags));

    /// <summary>It has no overload with state; this delegate needs none.</summary>
    [Benchmark]
    public Article FusionCache() => Hit.Of(_caches.Fusion.GetOrSetAsync<Article>(Key, static (_, _) => Task.FromResult(Article.Sample), tags: _tags));
}
