using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StratAI.RateLimiting.Internal;

/// <summary>Degraded, never unhealthy: without Redis each policy follows its ladder, and taking the instance out of service would help nobody.</summary>
internal sealed class RateLimitingHealthCheck(IServiceProvider services) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (services.GetService<IRateLimiters>() is not RateLimiters limiters)
        {
            return Task.FromResult(HealthCheckResult.Degraded("the registered IRateLimiters is not this package's"));
        }

        var data = new Dictionary<string, object>
        {
            ["mode"] = limiters.IsDistributed ? "distributed" : "embedded",
            ["instances"] = limiters.Instances,
        };
        return Task.FromResult(limiters.IsBroken
            ? HealthCheckResult.Degraded("Redis does not answer; every policy follows its ladder for outages", data: data)
            : HealthCheckResult.Healthy(data: data));
    }
}
