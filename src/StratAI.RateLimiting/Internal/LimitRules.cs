namespace StratAI.RateLimiting.Internal;

/// <summary>What applies to one key of a policy: the policy's own numbers, or those of a plan or override, made ready for the stores.</summary>
internal sealed class LimitRules(RateLimitAlgorithm algorithm, long limit, TimeSpan window, int segments, TimeSpan leaseTime)
{
    public const long MaxLogLimit = 10_000;

    public RateLimitAlgorithm Algorithm => algorithm;

    public long Limit => limit;

    public TimeSpan Window => window;

    public long WindowMicros { get; } = Micros(window);

    public long LeaseMicros { get; } = Micros(leaseTime);

    /// <summary>Null but for token buckets.</summary>
    public Gcra? Gcra { get; } = algorithm == RateLimitAlgorithm.TokenBucket ? new(limit, Micros(window)) : null;

    /// <summary>The length of what is counted together. Rounded up: a window that its segments do not divide gets longer, never shorter.</summary>
    public long SegmentMicros { get; } = IsSliding(algorithm) ? (Micros(window) + segments - 1) / segments : Micros(window);

    /// <summary>
    /// How many segments count, the current one included. A sliding window counts the one it begins in as a whole, which is what keeps any span of a
    /// window's length within the limit. None under concurrency.
    /// </summary>
    public int CountedSegments { get; } = algorithm == RateLimitAlgorithm.Concurrency ? 0 : IsSliding(algorithm) ? segments + 1 : 1;

    /// <summary>Whether permits are held until they are given back or settled.</summary>
    public bool IsHeld => algorithm is RateLimitAlgorithm.Concurrency or RateLimitAlgorithm.Budget or RateLimitAlgorithm.SlidingBudget;

    /// <summary>Whether permits of one segment may be taken in advance.</summary>
    public bool IsCounted => algorithm is RateLimitAlgorithm.FixedWindow or RateLimitAlgorithm.SlidingWindow;

    /// <summary>The end of a key's name in Redis: state of one form is never read as that of another when a policy's algorithm is changed.</summary>
    public string Kind { get; } = algorithm switch
    {
        RateLimitAlgorithm.TokenBucket => "g",
        RateLimitAlgorithm.FixedWindow or RateLimitAlgorithm.SlidingWindow => "w",
        RateLimitAlgorithm.SlidingLog => "l",
        RateLimitAlgorithm.Concurrency => "c",
        _ => "b",
    };

    public LimitRules With(RateLimitPlan plan) => new(algorithm, plan.PermitLimit ?? limit, plan.Window ?? window, segments, leaseTime);

    /// <summary>What one of several instances may admit by itself.</summary>
    public LimitRules Share(int instances) => instances <= 1 ? this : new(algorithm, Math.Max(1, limit / instances), window, segments, leaseTime);

    public Bucket NewBucket() => algorithm switch
    {
        RateLimitAlgorithm.TokenBucket => new TokenBucket(),
        RateLimitAlgorithm.FixedWindow or RateLimitAlgorithm.SlidingWindow => new CountedBucket(),
        RateLimitAlgorithm.SlidingLog => new LogBucket(),
        _ => new HeldBucket(Kind),
    };

    private static bool IsSliding(RateLimitAlgorithm algorithm) => algorithm is RateLimitAlgorithm.SlidingWindow or RateLimitAlgorithm.SlidingBudget;

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
