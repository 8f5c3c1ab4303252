using BenchmarkDotNet.Attributes;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>What the middleware costs, over what the server in the process costs by itself.</summary>
public class EmptyEndpointBenchmarks
{
    private EmptyEndpoints _endpoints = null!;

    [GlobalSetup]
    public async Task SetupAsync() => _endpoints = await EmptyEndpoints.StartAsync();

    [GlobalCleanup]
    public async Task CleanupAsync() => await _endpoints.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<int> Unlimited() => _endpoints.Unlimited.GetAsync();

    [Benchmark]
    public Task<int> Framework() => _endpoints.Framework.GetAsync();

    [Benchmark]
    public Task<int> OursEmbedded() => _endpoints.Embedded.GetAsync();

    [Benchmark]
    public Task<int> FrameworkOnRedisRateLimiting() => _endpoints.FrameworkOnRedis.GetAsync();

    [Benchmark]
    public Task<int> OursOnRedis() => _endpoints.OnRedis.GetAsync();
}
