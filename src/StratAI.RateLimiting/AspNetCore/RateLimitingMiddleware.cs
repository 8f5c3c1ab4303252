using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>
/// Decides the policies an endpoint requires; with <paramref name="stage"/> not empty, only those named in it. With <paramref name="isEarly"/> it takes
/// nothing, and answers only what is known to be refused.
/// </summary>
internal sealed class RateLimitingMiddleware(RequestDelegate next, RateLimiters limiters, RateLimitingOptions options, string[] stage, bool isEarly)
{
    private readonly ConditionalWeakTable<Endpoint, EndpointLimit[]> _limits = [];

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            return next(context);
        }

        if (!_limits.TryGetValue(endpoint, out var limits))
        {
            _limits.AddOrUpdate(endpoint, limits = EndpointLimit.Of(endpoint, stage, options));
        }

        return limits.Length == 0 ? next(context) : isEarly ? RefuseAsync(context, limits) : LimitAsync(context, limits);
    }

    private async Task RefuseAsync(HttpContext context, EndpointLimit[] limits)
    {
        var checks = await ChecksAsync(context, limits, request: null).ConfigureAwait(false);
        if (checks.Count > 0 && limiters.FindRefusal(checks) is { } refusal)
        {
            RequestLimits.Of(context).Add(refusal);
            await Rejection.WriteAsync(context, refusal, options.OnRejected).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }

    private async Task LimitAsync(HttpContext context, EndpointLimit[] limits)
    {
        var request = RequestLimits.Of(context);
        var checks = await ChecksAsync(context, limits, request).ConfigureAwait(false);
        if (checks.Count == 0)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var decision = await limiters.AcquireAsync(checks, context.RequestAborted).ConfigureAwait(false);
        request.Add(decision);
        if (!decision.IsAcquired)
        {
            await Rejection.WriteAsync(context, decision, options.OnRejected).ConfigureAwait(false);
            return;
        }

        if (decision.Reservations.Count == 0)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            await request.ReleaseAsync().ConfigureAwait(false);
        }
    }

    /// <param name="context">The request.</param>
    /// <param name="limits">The policies.</param>
    /// <param name="request">
    /// What was decided so far; <see langword="null"/> when nothing is to be taken: the plan, which may hang on the user, is then not asked for.
    /// </param>
    private async ValueTask<List<RateLimitCheck>> ChecksAsync(HttpContext context, EndpointLimit[] limits, RequestLimits? request)
    {
        var checks = new List<RateLimitCheck>(limits.Length);
        foreach (var limit in limits)
        {
            // Whatever runs the pipeline twice for one request, such as an error page, charges it once.
            if (request?.TryBegin(limit.Policy) == false || await limit.Key(context).ConfigureAwait(false) is not { Length: > 0 } key)
            {
                continue;
            }

            var plan = request is not null && options.Plan is { } find && limiters.HasPlans(limit.Policy)
                ? await request.PlanAsync(find).ConfigureAwait(false)
                : null;
            checks.Add(new(limit.Policy, key, limit.Cost?.Invoke(context) ?? 1) { Plan = plan, Group = limit.Group?.Invoke(context) });
        }

        return checks;
    }
}
