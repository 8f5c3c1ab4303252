namespace StratAI.RateLimiting;

/// <summary>How a policy counts. All of them decide in exact integer arithmetic, in microseconds, and a refusal takes nothing.</summary>
public enum RateLimitAlgorithm
{
    /// <summary>
    /// A bucket of <see cref="RateLimitPolicy.PermitLimit"/> permits that refills evenly, a whole bucket per <see cref="RateLimitPolicy.Window"/>; computed as a
    /// generic cell rate algorithm (GCRA). Over any span of length <c>t</c> it admits at most <c>PermitLimit + t × PermitLimit ÷ Window</c>.
    /// </summary>
    TokenBucket,

    /// <summary>
    /// At most <see cref="RateLimitPolicy.PermitLimit"/> in every window; windows follow one another from the Unix epoch, so that a day begins at
    /// 00:00 UTC. Around the border of two windows up to twice the limit can be admitted within one window's length.
    /// </summary>
    FixedWindow,

    /// <summary>
    /// At most <see cref="RateLimitPolicy.PermitLimit"/> in any span of one <see cref="RateLimitPolicy.Window"/>, counted in
    /// <see cref="RateLimitPolicy.Segments"/>: it never admits more, and a permit comes back late by at most one segment.
    /// </summary>
    SlidingWindow,

    /// <summary>
    /// At most <see cref="RateLimitPolicy.PermitLimit"/> (up to 10,000) in any span of one <see cref="RateLimitPolicy.Window"/>, each permit remembered to
    /// the microsecond. Costs about ten bytes per permit, where the others cost the same for any limit.
    /// </summary>
    SlidingLog,

    /// <summary>
    /// At most <see cref="RateLimitPolicy.PermitLimit"/> held at the same time. A permit is held until it is given back, or until
    /// <see cref="RateLimitPolicy.LeaseTime"/> after its holder last renewed it, which happens by itself while its process lives.
    /// </summary>
    Concurrency,

    /// <summary>
    /// As <see cref="FixedWindow"/>, for amounts known only afterwards, such as tokens of a language model: an amount is reserved first, counts
    /// while it is held, and is replaced by what was really used.
    /// </summary>
    Budget,

    /// <summary>As <see cref="Budget"/>, over a window that slides as in <see cref="SlidingWindow"/>.</summary>
    SlidingBudget,
}
