using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace StratAI.RateLimiting;

/// <summary>The configured limits: exact across every instance that uses the same Redis, or within the process when none is configured.</summary>
public interface IRateLimiters
{
    /// <summary>Whether the limits are counted in Redis, together with other instances, rather than in this process alone.</summary>
    bool IsDistributed { get; }

    /// <summary>A limiter over one bucket. It holds no permits itself: any number of handles over the same bucket act as one.</summary>
    /// <param name="policy">The name of a configured policy.</param>
    /// <param name="key">Whose bucket; not empty.</param>
    /// <returns>
    /// A limiter that never queues. A lease of <see cref="RateLimitAlgorithm.Concurrency"/> holds its permits until it is disposed; a budget is charged at once. When distributed, <see cref="RateLimiter.AttemptAcquire(int)"/> always refuses, without asking Redis, because it
    /// would have to block a thread: use <see cref="RateLimiter.AcquireAsync(int, CancellationToken)"/>.
    /// </returns>
    /// <exception cref="ArgumentException">No policy has that name, or the key is empty.</exception>
    [SuppressMessage("Naming", "CA1716", Justification = "Visual Basic writes it in brackets; every other language reads it best.")]
    RateLimiter Get(string policy, string key);

    /// <summary>A limiter over all buckets of a policy; it keeps no object per key and needs no disposal.</summary>
    /// <param name="policy">The name of a configured policy.</param>
    /// <param name="key">Names the bucket of a resource; called once per acquisition.</param>
    /// <returns>A limiter with the same limits as those of <see cref="Get"/>. When distributed its statistics are <see langword="null"/>.</returns>
    /// <exception cref="ArgumentException">No policy has that name.</exception>
    PartitionedRateLimiter<TResource> CreatePartitioned<TResource>(string policy, Func<TResource, string> key);

    /// <summary>
    /// A limiter over all buckets of several policies, asked together in one round trip, all or none; it keeps no object per key and needs no disposal. Usable
    /// as the <c>GlobalLimiter</c> of ASP.NET Core's own middleware.
    /// </summary>
    /// <param name="checks">The checks of a resource, up to 32; none: it is admitted. A check's cost is what one permit costs.</param>
    PartitionedRateLimiter<TResource> CreatePartitioned<TResource>(Func<TResource, IReadOnlyList<RateLimitCheck>> checks);

    /// <summary>Asks several limits at once, in one round trip: either all of them admit and are charged, or none is.</summary>
    /// <remarks>
    /// On Redis Cluster checks of different groups are one round trip to several shards at once; what some took is given back when another refuses. Nothing is ever
    /// admitted above a limit, but a call that is refused may have kept others out for as long as it took.
    /// </remarks>
    /// <param name="checks">1 to 32 checks, each of a different bucket.</param>
    /// <param name="cancellationToken">Gives up waiting; the costs may have been taken nevertheless.</param>
    /// <returns>
    /// The decision. Dispose it when what it admitted has ended, if a policy holds permits (<see cref="RateLimitAlgorithm.Concurrency"/>) or reserves (budgets).
    /// </returns>
    /// <exception cref="ArgumentException">There are no checks or too many, two of the same bucket, an unknown policy, or an empty key.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A cost is negative.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<RateLimitDecision> AcquireAsync(IReadOnlyList<RateLimitCheck> checks, CancellationToken cancellationToken = default);
}
