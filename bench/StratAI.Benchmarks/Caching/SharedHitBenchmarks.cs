using BenchmarkDotNet.Attributes;

namespace StratAI.Benchmarks.Caching;

/// <summary>A hit in L2: the same article from the same Redis, to an object.</summary>
public class SharedHitBenchmarks
{
    private SharedReads _reads = null!;

    [GlobalSetup]
    public async Task SetupAsync() => _reads = await SharedReads.CreateAsync();

    [GlobalCleanup]
    public async Task CleanupAsync() => await _reads.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<Article> StringGetAndDeserialise() => _reads.RawAsync();

    [Benchmark]
    public ValueTask<Article> OursNotInLocal() => _reads.OursNotInLocalAsync();

    [Benchmark]
    public ValueTask<Article> OursPastLocal() => _reads.OursPastLocalAsync();

    [Benchmark]
    public ValueTask<Article> Microsoft() => _reads.MicrosoftAsync();

    [Benchmark]
    public ValueTask<Article> FusionCache() => _reads.FusionAsync();
}
