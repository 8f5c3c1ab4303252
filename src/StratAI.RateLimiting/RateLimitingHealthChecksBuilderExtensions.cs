using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratAI.RateLimiting.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the rate limiter's health check.</summary>
public static class RateLimitingHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that reports whether limits are embedded or distributed (data <c>mode</c>) and how many instances were last known to be alive (data
    /// <c>instances</c>), and <see cref="HealthStatus.Degraded"/>, with the reason in words, while Redis does not answer and every policy follows its ladder
    /// for outages. It makes no call of its own.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name; default <c>rate-limiting</c>.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddStratAIRateLimiting(
        this IHealthChecksBuilder builder, string name = "rate-limiting", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return builder.Add(new HealthCheckRegistration(name, services => new RateLimitingHealthCheck(services), failureStatus: null, tags));
    }
}
