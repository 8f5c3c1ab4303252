using System.Threading.RateLimiting;

namespace StratAI.RateLimiting.Internal;

/// <summary>A limiter over all buckets of one policy or of several, without an object per key.</summary>
internal sealed class PartitionedPolicyRateLimiter<TResource>(RateLimiters limiters, Func<TResource, IReadOnlyList<RateLimitCheck>> checks)
    : PartitionedRateLimiter<TResource>
{
    private long _acquired;
    private long _refused;

    /// <summary>
    /// The fewest permits that one of the resource's buckets has left, and the leases of all resources together; <see langword="null"/> when distributed, as
    /// asking would block.
    /// </summary>
    public override RateLimiterStatistics? GetStatistics(TResource resource) => limiters.IsDistributed ? null : new()
    {
        CurrentAvailablePermits = checks(resource) is { Count: > 0 } asked ? asked.Min(limiters.PeekEmbedded) : long.MaxValue,
        TotalSuccessfulLeases = Volatile.Read(ref _acquired),
        TotalFailedLeases = Volatile.Read(ref _refused),
    };

    protected override RateLimitLease AttemptAcquireCore(TResource resource, int permitCount)
    {
        var requests = Prepare(resource, permitCount);
        return Count(
            limiters.IsDistributed && requests.Length > 0 ? DecisionLease.NeedsAsync(requests) : new DecisionLease(limiters.DecideEmbedded(requests)));
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(TResource resource, int permitCount, CancellationToken cancellationToken) =>
        Count(new DecisionLease(await limiters.DecideAsync(Prepare(resource, permitCount), cancellationToken).ConfigureAwait(false)));

    /// <summary>A check's own cost is what one permit costs.</summary>
    private LimitRequest[] Prepare(TResource resource, int permitCount)
    {
        var asked = checks(resource);
        var priced = new RateLimitCheck[asked.Count];
        for (var i = 0; i < priced.Length; i++)
        {
            priced[i] = asked[i] with { Cost = checked(asked[i].Cost * permitCount) };
        }

        return limiters.Prepare(priced, reserve: false);
    }

    private DecisionLease Count(DecisionLease lease)
    {
        Interlocked.Increment(ref lease.IsAcquired ? ref _acquired : ref _refused);
        return lease;
    }
}
