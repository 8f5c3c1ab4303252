namespace StratAI.RateLimiting.Internal;

/// <summary>A configured policy, made ready for use.</summary>
internal sealed class LimitPolicy(string name, RateLimitPolicy policy)
{
    public string Name => name;

    public TimeSpan Window => policy.Window;

    public OutageBehavior Outage => policy.Outage;

    public Gcra Gcra { get; } = new(policy.PermitLimit, policy.Window.Ticks / TimeSpan.TicksPerMicrosecond);
}
