using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>One policy of an endpoint, made ready.</summary>
internal sealed record EndpointLimit(
    string Policy, Func<HttpContext, ValueTask<string?>> Key, Func<HttpContext, string?>? Group, Func<HttpContext, long>? Cost)
{
    /// <summary>The policies of an endpoint that are in the stage; an empty stage has all.</summary>
    public static EndpointLimit[] Of(Endpoint endpoint, string[] stage, RateLimitingOptions options)
    {
        var costs = endpoint.Metadata.GetOrderedMetadata<LimitCost>();
        return
        [
            .. LimitsMetadata.PoliciesOf(endpoint)
                .Where(policy => stage.Length == 0 || stage.Contains(policy, StringComparer.OrdinalIgnoreCase))
                .Select(policy => new EndpointLimit(
                    policy,
                    options.RequirePartition(policy, endpoint.DisplayName),
                    options.GroupOf(policy),
                    OwnCost(policy) ?? options.CostOf(policy))),
        ];

        Func<HttpContext, long>? OwnCost(string policy) =>
            costs.LastOrDefault(cost => string.Equals(cost.Policy, policy, StringComparison.OrdinalIgnoreCase))?.Cost;
    }
}
