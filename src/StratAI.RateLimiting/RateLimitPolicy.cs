namespace StratAI.RateLimiting;

/// <summary>
/// A token bucket: it holds <see cref="PermitLimit"/> permits when full and refills continuously, <see cref="PermitLimit"/> permits per
/// <see cref="Window"/>. Over any span of length <c>t</c> it admits at most <c>PermitLimit + t × PermitLimit ÷ Window</c> permits.
/// </summary>
/// <remarks>
/// It is computed as a generic cell rate algorithm (GCRA) in exact integer arithmetic: permits that do not divide the window evenly cause no
/// drift, and a refusal's retry time is the first microsecond at which the same request is admitted.
/// </remarks>
public sealed record RateLimitPolicy
{
    /// <summary>The size of the bucket, in permits: what may be spent at once. From 1 to 1,000,000,000,000.</summary>
    public required long PermitLimit { get; init; }

    /// <summary>
    /// The time in which an empty bucket becomes full. From 1 millisecond to 366 days; a part finer than a microsecond is refused.
    /// </summary>
    public required TimeSpan Window { get; init; }

    /// <summary>What happens while Redis cannot be asked. Default: <see cref="OutageBehavior.Local"/>. Without Redis it has no effect.</summary>
    public OutageBehavior Outage { get; init; }
}
