using StratAI.RateLimiting.AspNetCore;

namespace StratAI.RateLimiting;

/// <summary>
/// Requires policies on a controller, an action or a handler, as <c>RequireLimits</c> does on endpoints. Attributes count as innermost: they come after what
/// the builders of endpoints and groups say, and those of an action after those of its controller.
/// </summary>
/// <param name="policies">At least one policy's name.</param>
/// <exception cref="ArgumentException">There are no names.</exception>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class RequireLimitsAttribute(params string[] policies) : Attribute, ILimitsAttribute
{
    /// <summary>The policies' names.</summary>
    public IReadOnlyList<string> Policies { get; } =
        policies is { Length: > 0 } ? policies : throw new ArgumentException("Name at least one policy.", nameof(policies));
}
