using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>
/// Connects before the first request and, once the pipeline stands, fails the start if an endpoint requires a limit that would never be applied:
/// a limit that is silently off shows only when it is needed.
/// </summary>
internal sealed class RateLimitingStartup(
    IServiceProvider services, RateLimiters limiters, IOptions<RateLimitingOptions> options, MiddlewareStages stages, TimeProvider time)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => LimiterConnection.ConnectAsync(limiters, time, cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var endpoint in services.GetService<EndpointDataSource>()?.Endpoints ?? [])
        {
            foreach (var policy in LimitsMetadata.PoliciesOf(endpoint))
            {
                options.Value.RequirePartition(policy, endpoint.DisplayName);
                if (!stages.Decide(policy))
                {
                    throw new InvalidOperationException(
                        $"Endpoint '{endpoint.DisplayName}' requires the limit '{policy}', and nothing applies it: add "
                        + $"app.{nameof(RateLimitingApplicationBuilderExtensions.UseStratAIRateLimiting)}().");
                }
            }
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
