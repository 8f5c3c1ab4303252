using System.Threading.RateLimiting;
using StratAI.RateLimiting;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>One check in the process, of one of many keys: ours, and System.Threading.RateLimiting's token buckets.</summary>
internal sealed class EmbeddedChecks : IAsyncDisposable
{
    private readonly LimiterScope _scope = Limits.Open(Limits.Ample);
    private readonly PartitionedRateLimiter<string> _ours;
    private readonly PartitionedRateLimiter<string> _framework = PartitionedRateLimiter.Create<string, string>(PeerBuckets.InProcess);
    private readonly string[] _keys = [.. Enumerable.Range(0, 1_000).Select(user => $"0198c0de-7c1a-7000-8000-{user:x12}")];
    private readonly RateLimitCheck[][] _checks;

    public EmbeddedChecks()
    {
        _ours = _scope.Limiters.CreatePartitioned<string>(Limits.User, key => key);
        _checks = [.. _keys.Select(key => new RateLimitCheck[] { new(Limits.User, key) })];
    }

    public bool Call(int run)
    {
        var call = _scope.Limiters.AcquireAsync(_checks[run % _checks.Length]);
        return call is { IsCompletedSuccessfully: true, Result.IsAcquired: true }
            ? true
            : throw new InvalidOperationException("The bucket did not admit the call.");
    }

    public bool Partitioned(int run) => Take(_ours, run);

    public bool Framework(int run) => Take(_framework, run);

    public async ValueTask DisposeAsync()
    {
        await _framework.DisposeAsync();
        await _ours.DisposeAsync();
        await _scope.DisposeAsync();
    }

    private bool Take(PartitionedRateLimiter<string> limiter, int run)
    {
        using var lease = limiter.AttemptAcquire(_keys[run % _keys.Length]);
        return lease.IsAcquired ? true : throw new InvalidOperationException("The bucket did not admit the call.");
    }
}
