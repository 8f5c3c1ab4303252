using StratAI.RateLimiting.AspNetCore;

namespace StratAI.RateLimiting;

/// <summary>
/// Drops on a controller, an action or a handler what was required so far: by the builders of its endpoint and groups, and by attributes further out. A
/// <see cref="RequireLimitsAttribute"/> further inside applies again.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DisableLimitsAttribute : Attribute, ILimitsAttribute
{
    IReadOnlyList<string> ILimitsAttribute.Policies => [];
}
