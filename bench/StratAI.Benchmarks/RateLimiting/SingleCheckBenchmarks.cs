using BenchmarkDotNet.Attributes;
using StackExchange.Redis;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>One check in Redis. Here for the allocations; times are in turns.</summary>
public class SingleCheckBenchmarks
{
    private SingleChecks _checks = null!;

    [GlobalSetup]
    public async Task SetupAsync() => _checks = await SingleChecks.CreateAsync();

    [GlobalCleanup]
    public async Task CleanupAsync() => await _checks.DisposeAsync();

    [Benchmark]
    public Task<RedisResult> Trivial() => _checks.TrivialAsync();

    [Benchmark(Baseline = true)]
    public Task<RedisResult> Bare() => _checks.BareAsync();

    [Benchmark]
    public Task Ours() => _checks.OursAsync();

    [Benchmark]
    public Task OursAsRateLimiter() => _checks.OurLimiterAsync();

    [Benchmark]
    public Task RedisRateLimiting() => _checks.PeerAsync();
}
