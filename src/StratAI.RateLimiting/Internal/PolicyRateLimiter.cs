using System.Threading.RateLimiting;

namespace StratAI.RateLimiting.Internal;

/// <summary>A handle over one bucket. It counts what went through itself; the permits are in the store.</summary>
internal sealed class PolicyRateLimiter(RateLimiters limiters, LimitPolicy policy, LimitKey key) : RateLimiter
{
    private long _lastUse = limiters.Time.GetTimestamp();
    private long _lastRemaining = policy.Gcra.Limit;
    private long _acquired;
    private long _refused;

    /// <summary>Never <see langword="null"/>: nothing is lost when a partition manager drops an idle handle, and would be kept for ever otherwise.</summary>
    public override TimeSpan? IdleDuration => limiters.Time.GetElapsedTime(Volatile.Read(ref _lastUse));

    /// <summary>
    /// Leases are those of this handle. The available permits are the bucket's or, when distributed, what the last answer through this handle said.
    /// </summary>
    public override RateLimiterStatistics GetStatistics() => new()
    {
        CurrentAvailablePermits = limiters.IsDistributed ? Volatile.Read(ref _lastRemaining) : limiters.PeekEmbedded(policy, key),
        TotalSuccessfulLeases = Volatile.Read(ref _acquired),
        TotalFailedLeases = Volatile.Read(ref _refused),
    };

    protected override RateLimitLease AttemptAcquireCore(int permitCount) =>
        limiters.IsDistributed ? Count(DecisionLease.NeedsAsync(policy)) : Count(limiters.DecideEmbedded(Request(permitCount)));

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        Count(await limiters.DecideAsync(Request(permitCount), cancellationToken).ConfigureAwait(false));

    private LimitRequest[] Request(int permitCount) => [new(policy, key, policy.Gcra.Charge(permitCount))];

    private DecisionLease Count(RateLimitDecision decision)
    {
        if (decision.Policies[0].Remaining is { } remaining)
        {
            Volatile.Write(ref _lastRemaining, remaining);
        }

        return Count(new DecisionLease(decision));
    }

    private DecisionLease Count(DecisionLease lease)
    {
        Volatile.Write(ref _lastUse, limiters.Time.GetTimestamp());
        Interlocked.Increment(ref lease.IsAcquired ? ref _acquired : ref _refused);
        return lease;
    }
}
