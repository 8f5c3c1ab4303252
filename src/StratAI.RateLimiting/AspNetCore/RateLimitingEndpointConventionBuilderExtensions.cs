using Microsoft.AspNetCore.Http;
using StratAI.RateLimiting;
using StratAI.RateLimiting.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Says which limits apply to endpoints.</summary>
public static class RateLimitingEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Requires policies on an endpoint or on a whole group. What a group requires and what its endpoints require adds up; a policy named twice
    /// counts once. A policy that is not configured with a partition, or that no middleware decides, fails the application's start.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="policies">At least one policy's name.</param>
    /// <exception cref="ArgumentException">There are no names.</exception>
    public static TBuilder RequireLimits<TBuilder>(this TBuilder builder, params string[] policies)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(policies);
        if (policies.Length == 0)
        {
            throw new ArgumentException("Name at least one policy.", nameof(policies));
        }

        builder.Add(endpoint => endpoint.Metadata.Add(new LimitsMetadata(policies)));
        return builder;
    }

    /// <summary>What a request to these endpoints costs under a policy, in place of the policy's own cost. The innermost and latest one counts.</summary>
    /// <param name="builder">The endpoint or group.</param>
    /// <param name="policy">The policy's name.</param>
    /// <param name="cost">
    /// 0 or more. Of a budget it is what is reserved: see <see cref="IRateLimitFeature.Take"/>. A function that answers less than 0 fails the request
    /// before anything is taken.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The cost is negative.</exception>
    public static TBuilder WithLimitCost<TBuilder>(this TBuilder builder, string policy, long cost)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cost);
        return builder.WithLimitCost(policy, _ => cost);
    }

    /// <inheritdoc cref="WithLimitCost{TBuilder}(TBuilder, string, long)"/>
    public static TBuilder WithLimitCost<TBuilder>(this TBuilder builder, string policy, Func<HttpContext, long> cost)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(cost);
        builder.Add(endpoint => endpoint.Metadata.Add(new LimitCost(policy, cost)));
        return builder;
    }

    /// <summary>
    /// Drops what was required so far, by the same endpoint or by the groups around it. A <see cref="RequireLimits"/> that comes later, or further
    /// inside, applies again.
    /// </summary>
    /// <param name="builder">The endpoint or group.</param>
    public static TBuilder DisableLimits<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(LimitsMetadata.Disabled));
        return builder;
    }
}
