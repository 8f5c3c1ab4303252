using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StratAI.Caching.Internal;

/// <summary>Degraded, never unhealthy: without Redis requests are slower, and none fails.</summary>
internal sealed class CachingHealthCheck(IServiceProvider services, object? serviceKey) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var registered = serviceKey is null ? services.GetService<HybridCache>() : services.GetKeyedService<HybridCache>(serviceKey);
        if (registered is not CoherentHybridCache cache)
        {
            return Task.FromResult(HealthCheckResult.Degraded("the registered HybridCache is not this package's"));
        }

        var data = new Dictionary<string, object> { ["mode"] = cache.Shared.IsDistributed ? "distributed" : "embedded" };
        return Task.FromResult(cache.Shared.Impairment is { } impairment
            ? HealthCheckResult.Degraded(impairment, data: data)
            : HealthCheckResult.Healthy(data: data));
    }
}
