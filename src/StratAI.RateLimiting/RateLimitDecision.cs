namespace StratAI.RateLimiting;

/// <summary>The one answer to all checks of a call.</summary>
public sealed class RateLimitDecision
{
    /// <summary>How it ended.</summary>
    public required RateLimitOutcome Outcome { get; init; }

    /// <summary>One entry per check, in the order of the call.</summary>
    public required IReadOnlyList<RateLimitStatus> Policies { get; init; }

    /// <summary>
    /// After how long the same call would be admitted if nothing else were taken meanwhile, to the microsecond and never early.
    /// <see langword="null"/> when the call was admitted, or when it never can be because a cost is above its limit.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the decision was made without Redis although Redis is configured, by each policy's <see cref="RateLimitPolicy.Outage"/>.</summary>
    public bool IsDegraded { get; init; }

    /// <summary>Whether the call may go on.</summary>
    public bool IsAcquired => Outcome == RateLimitOutcome.Acquired;
}
