using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StratAI.RateLimiting;
using StratAI.RateLimiting.AspNetCore;
using StratAI.RateLimiting.Internal;

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
    /// The policies to decide at this place, where an endpoint requires them; none: all that no earlier call decided. Each call that decides something is a
    /// round trip to Redis: one after authentication and before authorization, which also charges requests with bad tokens to their address, is enough.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// The services are missing, or a name is not that of a policy with a partition. An endpoint that requires a policy no call decides fails the start.
    /// </exception>
    public static IApplicationBuilder UseStratAIRateLimiting(this IApplicationBuilder app, params string[] policies) =>
        Use(app, policies, isEarly: false);

    /// <summary>
    /// Answers requests that are known to be refused by one of these policies, before anything is spent on them: <c>UseKnownRefusals("ip")</c> before
    /// authentication keeps a flood of bad tokens from costing their validation, without a call to Redis of its own. It takes nothing: the policies are decided by
    /// <see cref="UseStratAIRateLimiting"/>, later in the pipeline. Belongs after routing.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <param name="policies">The policies, where an endpoint requires them; at least one. Their partitions must not need what comes later, such as the user;
    /// policies with plans are passed over, as the plan is not known yet.</param>
    /// <exception cref="ArgumentException">There are no names.</exception>
    /// <exception cref="InvalidOperationException">The services are missing, or a name is not that of a policy with a partition.</exception>
    public static IApplicationBuilder UseKnownRefusals(this IApplicationBuilder app, params string[] policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        return policies.Length > 0 ? Use(app, policies, isEarly: true) : throw new ArgumentException("Name at least one policy.", nameof(policies));
    }

    private static IApplicationBuilder Use(IApplicationBuilder app, string[] policies, bool isEarly)
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

        if (!isEarly)
        {
            stages.Add(policies);
        }

        var limiters = services.GetRequiredService<RateLimiters>();
        return app.Use(next => new RateLimitingMiddleware(next, limiters, options, policies, isEarly).InvokeAsync);
    }
}
