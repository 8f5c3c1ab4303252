using BenchmarkDotNet.Attributes;

namespace StratAI.Benchmarks.Caching;

/// <summary>A hit in L1 of a string. Written out for its type: through a type parameter each call would pay for looking it up.</summary>
public class LocalHitOfTextBenchmarks
{
    private const string Key = LocalHitCaches<string>.Key;
    private const string Text = "A value that is cached.";

    private LocalHitCaches<string> _caches = null!;
    private string[]? _tags;

    [Params(0, 2)]
    public int Tags { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _tags = Tags == 0 ? null : [.. Enumerable.Range(1, Tags).Select(tag => $"tag-{tag}")];
        _caches = await LocalHitCaches<string>.CreateAsync(Text, _tags);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _caches.DisposeAsync();

    [Benchmark(Baseline = true)]
    public string MemoryCache() => _caches.Memory.TryGetValue(Key, out var value) ? (string)value! : throw new InvalidOperationException();

    [Benchmark]
    public string ConcurrentLru() => _caches.Lru.TryGet(Key, out var value) ? value : throw new InvalidOperationException();

    [Benchmark]
    public string OursEmbedded() => Hit.Of(_caches.Embedded.GetOrCreateAsync(Key, Text, static (state, _) => ValueTask.FromResult(state), tags: _tags));

    [Benchmark]
    public string OursOnRedis() => Hit.Of(_caches.Distributed.GetOrCreateAsync(Key, Text, static (state, _) => ValueTask.FromResult(state), tags: _tags));

    [Benchmark]
    public string Microsoft() => Hit.Of(_caches.Microsoft.GetOrCreateAsync(Key, Text, static (state, _) => ValueTask.FromResult(state), tags: _tags));

    /// <summary>It has no overload with state; this delegate needs none.</summary>
    [Benchmark]
    public string FusionCache() => Hit.Of(_caches.Fusion.GetOrSetAsync<string>(Key, static (_, _) => Task.FromResult(Text), tags: _tags));
}
