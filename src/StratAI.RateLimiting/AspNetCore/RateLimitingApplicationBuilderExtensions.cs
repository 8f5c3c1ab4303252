using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StratAI.RateLimiting;
using StratAI.RateLimiting.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the rate-limiting middleware.</summary>
public static class RateLimitingApplicationBuilderExtensions
{
    /// <summary>
    /// Limits the endpoints that ask for it (<c>RequireLimits</c>). Belongs after routing and, if a policy names its buckets by user, after
    /// authentication. It may be added more than once: a policy named here is decided here, a call without names decides all that
    /// are left, each policy is charged once per request, and the headers of all of them are merged.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <param name="policies">
    /// The policies to decide at this place, where an endpoint requires them; none: all that no earlier call decided. <c>UseStratAIRateLimiting("ip")</c>
    /// before authentication, and <c>UseStratAIRateLimiting()</c> after it, keep a flood of bad tokens from costing their validation.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// The services are missing, or a name is not that of a policy with a partition. An endpoint that requires a policy no call decides fails the start.
    /// </exception>
    public static IApplicationBuilder UseStratAIRateLimiting(this IApplicationBuilder app, params string[] policies)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(policies);
        var services = app.ApplicationServices;
        var stages = services.GetService<MiddlewareStages>()
            ?? throw new InvalidOperationException("Rate limiting has no services: call services.AddStratAIRateLimiting(...) first.");
        var options = services.GetRequiredService<IOptions<RateLimitingOptions>>().Value;
        foreach (var policy in policies)
        {
            options.RequirePartition(policy);
        }

        stages.Add(policies);
        var limiters = services.GetRequiredService<IRateLimiters>();
        return app.Use(next => new RateLimitingMiddleware(next, limiters, options, policies).InvokeAsync);
    }
}
