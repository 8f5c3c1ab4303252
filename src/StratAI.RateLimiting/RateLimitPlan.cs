namespace StratAI.RateLimiting;

/// <summary>What a policy allows to some keys instead of its own limit. What is not set is as in the policy.</summary>
public sealed record RateLimitPlan
{
    /// <summary>In place of <see cref="RateLimitPolicy.PermitLimit"/>.</summary>
    public long? PermitLimit { get; set; }

    /// <summary>In place of <see cref="RateLimitPolicy.Window"/>.</summary>
    public TimeSpan? Window { get; set; }

    /// <summary>Whether the policy does not apply to these keys at all. Default <see langword="false"/>.</summary>
    public bool Exempt { get; set; }
}
