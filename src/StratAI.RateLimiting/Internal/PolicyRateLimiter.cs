using System.Threading.RateLimiting;

namespace StratAI.RateLimiting.Internal;

/// <summary>A handle over one bucket. It counts what went through itself; the permits are in the store.</summary>
internal sealed class PolicyRateLimiter(RateLimiters limiters, string policy, string key) : RateLimiter
{
    private long _lastUse = limiters.Time.GetTimestamp();
    private long _lastRemaining = -1;
    private long _acquired;
    private long _refused;

    /// <summary>Never <see langword="null"/>: nothing is lost when a partition manager drops an idle handle, and would be kept for ever otherwise.</summary>
    public override TimeSpan? IdleDuration => limiters.Time.GetElapsedTime(Volatile.Read(ref _lastUse));

    /// <summary>
    /// Leases are those of this handle. The available permits are the bucket's or, when distributed, what the last answer through this handle said;
    /// before the first, the limit.
    /// </summary>
    public override RateLimiterStatistics GetStatistics() => new()
    {
        CurrentAvailablePermits = limiters.IsDistributed && Volatile.Read(ref _lastRemaining) is var remaining and >= 0
            ? remaining
            : limiters.PeekEmbedded(new(policy, key)),
        TotalSuccessfulLeases = Volatile.Read(ref _acquired),
        TotalFailedLeases = Volatile.Read(ref _refused),
    };

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        var requests = Prepare(permitCount);
        return Count(limiters.IsDistributed ? DecisionLease.NeedsAsync(requests) : new DecisionLease(limiters.DecideEmbedded(requests)));
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        Count(new DecisionLease(await limiters.DecideAsync(Prepare(permitCount), cancellationToken).ConfigureAwait(false)));

    private LimitRequest[] Prepare(int permitCount) => limiters.Prepare([new(policy, key, permitCount)], reserve: false);

    private DecisionLease Count(DecisionLease lease)
    {
        Volatile.Write(ref _lastUse, limiters.Time.GetTimestamp());
        if (lease.Remaining is { } remaining)
        {
            Volatile.Write(ref _lastRemaining, remaining);
        }

        Interlocked.Increment(ref lease.IsAcquired ? ref _acquired : ref _refused);
        return lease;
    }
}
