using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>One <c>RequireLimits</c> or <c>DisableLimits</c> on an endpoint or group.</summary>
internal sealed class LimitsMetadata(IReadOnlyList<string> policies)
{
    public static LimitsMetadata Disabled { get; } = new([]);

    private IReadOnlyList<string> Policies => policies;

    /// <summary>The policies of an endpoint: from the outermost group inwards they add up, and disabling starts anew.</summary>
    public static string[] PoliciesOf(Endpoint endpoint)
    {
        var names = new List<string>();
        foreach (var metadata in endpoint.Metadata.GetOrderedMetadata<LimitsMetadata>())
        {
            Apply(metadata.Policies, names);
        }

        // The metadata's order has the attributes of an action before what MapControllers() is told, which would then overrule them.
        foreach (var attribute in endpoint.Metadata.GetOrderedMetadata<ILimitsAttribute>())
        {
            Apply(attribute.Policies, names);
        }

        return [.. names];
    }

    private static void Apply(IReadOnlyList<string> policies, List<string> names)
    {
        if (policies.Count == 0)
        {
            names.Clear();
        }

        names.AddRange(policies.Except(names, StringComparer.OrdinalIgnoreCase));
    }
}
