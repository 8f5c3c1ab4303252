namespace StratAI.RateLimiting;

/// <summary>How a decision ended.</summary>
public enum RateLimitOutcome
{
    /// <summary>Every limit had room, and the costs were taken from all of them.</summary>
    Acquired,

    /// <summary>At least one limit had no room; nothing was taken from any.</summary>
    QuotaExceeded,

    /// <summary>
    /// Redis could not be asked and a policy is <see cref="OutageBehavior.Closed"/>; nothing was taken, unless the call reached Redis and only
    /// its answer was lost.
    /// </summary>
    Unavailable,
}
