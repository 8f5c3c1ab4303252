using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratAI.Caching.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the cache's health check.</summary>
public static class CachingHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that reports whether the cache is embedded or distributed (data <c>mode</c>), and <see cref="HealthStatus.Degraded"/>, with
    /// the reason in words, while Redis does not answer or L1 is bypassed. It makes no call of its own.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="serviceKey">The key of a keyed cache; <see langword="null"/>, the default, is the default cache.</param>
    /// <param name="name">The check's name; default <c>caching</c>, for a keyed cache followed by <c>:</c> and the key.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddStratAICaching(
        this IHealthChecksBuilder builder, object? serviceKey = null, string? name = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name ?? (serviceKey is null ? "caching" : $"caching:{serviceKey}"),
            services => new CachingHealthCheck(services, serviceKey),
            failureStatus: null,
            tags));
    }
}
