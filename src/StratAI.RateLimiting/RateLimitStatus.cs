namespace StratAI.RateLimiting;

/// <summary>One policy's part in a decision: what is left in the bucket after it.</summary>
public sealed class RateLimitStatus
{
    /// <summary>The policy's name.</summary>
    public required string Policy { get; init; }

    /// <summary>The policy's <see cref="RateLimitPolicy.PermitLimit"/>.</summary>
    public required long Limit { get; init; }

    /// <summary>The policy's <see cref="RateLimitPolicy.Window"/>.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>
    /// The whole permits that could be taken right now; <see langword="null"/> when it is not known because Redis could not be asked and the
    /// policy does not count locally.
    /// </summary>
    public long? Remaining { get; init; }

    /// <summary>After how long the bucket is full again if nothing more is taken, rounded up to the microsecond.</summary>
    public TimeSpan ResetAfter { get; init; }

    /// <summary>
    /// After how long this policy would admit the cost it refused, rounded up to the microsecond; <see langword="null"/> when it did not refuse,
    /// or refuses for ever because the cost is above <see cref="Limit"/>.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether this policy refused the call.</summary>
    public bool Violated { get; init; }
}
