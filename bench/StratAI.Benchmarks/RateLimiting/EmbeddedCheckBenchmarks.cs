using BenchmarkDotNet.Attributes;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>One check in the process, by one thread.</summary>
public class EmbeddedCheckBenchmarks
{
    private EmbeddedChecks _checks = null!;
    private int _run;

    [GlobalSetup]
    public void Setup() => _checks = new();

    [GlobalCleanup]
    public async Task CleanupAsync() => await _checks.DisposeAsync();

    [Benchmark(Baseline = true)]
    public bool Framework() => _checks.Framework(_run++ & int.MaxValue);

    [Benchmark]
    public bool OursPartitioned() => _checks.Partitioned(_run++ & int.MaxValue);

    [Benchmark]
    public bool OursAcquireAsync() => _checks.Call(_run++ & int.MaxValue);
}
