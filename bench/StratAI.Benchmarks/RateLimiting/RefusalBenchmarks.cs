using BenchmarkDotNet.Attributes;
using StratAI.RateLimiting;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>A refusal, by who refuses.</summary>
public class RefusalBenchmarks
{
    private Refusals _refusals = null!;

    [GlobalSetup]
    public async Task SetupAsync() => _refusals = await Refusals.CreateAsync();

    [GlobalCleanup]
    public async Task CleanupAsync() => await _refusals.DisposeAsync();

    [Benchmark(Baseline = true)]
    public ValueTask<RateLimitDecision> ByRedis() => _refusals.RefusedAsync(_refusals.OnRedis);

    [Benchmark]
    public bool Remembered() => _refusals.RefusedAtOnce(_refusals.Remembering);

    [Benchmark]
    public bool InTheProcess() => _refusals.RefusedAtOnce(_refusals.Embedded);
}
