using System.Threading.RateLimiting;

namespace StratAI.RateLimiting.Internal;

/// <summary>A limiter over all buckets of a policy, without an object per key.</summary>
internal sealed class PartitionedPolicyRateLimiter<TResource>(RateLimiters limiters, LimitPolicy policy, Func<TResource, string> key)
    : PartitionedRateLimiter<TResource>
{
    private long _acquired;
    private long _refused;

    /// <summary>
    /// The resource's available permits, and the leases of all resources together; <see langword="null"/> when distributed, as asking would block.
    /// </summary>
    public override RateLimiterStatistics? GetStatistics(TResource resource) => limiters.IsDistributed ? null : new()
    {
        CurrentAvailablePermits = limiters.PeekEmbedded(policy, limiters.KeyOf(policy, key(resource))),
        TotalSuccessfulLeases = Volatile.Read(ref _acquired),
        TotalFailedLeases = Volatile.Read(ref _refused),
    };

    protected override RateLimitLease AttemptAcquireCore(TResource resource, int permitCount) => Count(
        limiters.IsDistributed ? DecisionLease.NeedsAsync(policy) : new DecisionLease(limiters.DecideEmbedded(Request(resource, permitCount))));

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(TResource resource, int permitCount, CancellationToken cancellationToken) =>
        Count(new DecisionLease(await limiters.DecideAsync(Request(resource, permitCount), cancellationToken).ConfigureAwait(false)));

    private LimitRequest[] Request(TResource resource, int permitCount) =>
        [new(policy, limiters.KeyOf(policy, key(resource)), policy.Gcra.Charge(permitCount))];

    private DecisionLease Count(DecisionLease lease)
    {
        Interlocked.Increment(ref lease.IsAcquired ? ref _acquired : ref _refused);
        return lease;
    }
}
