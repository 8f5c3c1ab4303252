namespace StratAI.RateLimiting;

/// <summary>What a policy decides while Redis is down, slower than its deadline, or answers with an error.</summary>
public enum OutageBehavior
{
    /// <summary>
    /// Each instance applies its share by itself, beginning with full buckets: the limit divided by the instances last known to be alive, and at
    /// least 1.
    /// </summary>
    Local,

    /// <summary>Everything is admitted. For limits that share capacity fairly, where refusing would do more harm than overuse.</summary>
    Open,

    /// <summary>Everything is refused as temporarily unavailable. For limits that guard money or an upstream contract.</summary>
    Closed,
}
