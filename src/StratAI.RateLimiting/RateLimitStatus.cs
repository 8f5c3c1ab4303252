namespace StratAI.RateLimiting;

/// <summary>One policy's part in a decision: what is left in the bucket after it.</summary>
public sealed class RateLimitStatus
{
    /// <summary>The policy's name.</summary>
    public required string Policy { get; init; }

    /// <summary>How the policy counts.</summary>
    public RateLimitAlgorithm Algorithm { get; init; }

    /// <summary>The limit that applied: the policy's, or that of the key's plan or override.</summary>
    public required long Limit { get; init; }

    /// <summary>The window that applied; zero for <see cref="RateLimitAlgorithm.Concurrency"/>.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>
    /// The whole permits that could be taken right now; <see langword="null"/> when it is not known because Redis was not asked and the
    /// policy does not count locally.
    /// </summary>
    public long? Remaining { get; init; }

    /// <summary>
    /// After how long the bucket is full again if nothing more is taken, rounded up to the microsecond. What is held is not foreseen: for
    /// <see cref="RateLimitAlgorithm.Concurrency"/> it is zero, and for a budget it tells of what was used alone.
    /// </summary>
    public TimeSpan ResetAfter { get; init; }

    /// <summary>
    /// After how long this policy would admit the cost it refused, rounded up to the microsecond; <see langword="null"/> when it did not refuse, refuses for
    /// ever because the cost is above <see cref="Limit"/>, or waits for others to give back what they hold.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether this policy had no room for the cost. It refused the call, unless it is <see cref="IsShadow"/>.</summary>
    public bool Violated { get; init; }

    /// <summary>Whether the cost is above <see cref="Limit"/>, so that waiting does not help.</summary>
    public bool IsNever { get; init; }

    /// <summary>Whether the policy only counts, and never refuses: <see cref="RateLimitPolicy.Shadow"/>.</summary>
    public bool IsShadow { get; init; }

    /// <summary>What it says some time later, with permits that its instance has in advance.</summary>
    internal RateLimitStatus After(TimeSpan elapsed, TimeSpan? retryAfter, long inAdvance = 0) => new()
    {
        Policy = Policy,
        Algorithm = Algorithm,
        Limit = Limit,
        Window = Window,
        Remaining = Remaining + inAdvance,
        ResetAfter = ResetAfter > elapsed ? ResetAfter - elapsed : TimeSpan.Zero,
        RetryAfter = retryAfter,
        Violated = Violated,
        IsShadow = IsShadow,
    };
}
