namespace StratAI.RateLimiting.Internal;

/// <summary>A check made ready for a store.</summary>
internal readonly record struct LimitRequest(LimitPolicy Policy, LimitKey Key, GcraCharge Charge)
{
    public Gcra Gcra => Policy.Gcra;
}
