using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>Decides the policies an endpoint requires; with <c>stage</c> not empty, only those named in it.</summary>
internal sealed class RateLimitingMiddleware(RequestDelegate next, IRateLimiters limiters, RateLimitingOptions options, string[] stage)
{
    private readonly ConditionalWeakTable<Endpoint, string[]> _policies = [];

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            return next(context);
        }

        var policies = _policies.GetValue(endpoint, PoliciesOf);
        return policies.Length == 0 ? next(context) : LimitAsync(context, policies);
    }

    private string[] PoliciesOf(Endpoint endpoint)
    {
        var policies = LimitsMetadata.PoliciesOf(endpoint);
        return stage.Length == 0 ? policies : [.. policies.Intersect(stage)];
    }

    private async Task LimitAsync(HttpContext context, string[] policies)
    {
        var request = RequestLimits.Of(context);
        var checks = new List<RateLimitCheck>(policies.Length);
        foreach (var policy in policies)
        {
            // Whatever runs the pipeline twice for one request, such as an error page, charges it once.
            if (request.TryBegin(policy) && options.RequirePartition(policy)(context) is { Length: > 0 } key)
            {
                checks.Add(new(policy, key));
            }
        }

        if (checks.Count > 0)
        {
            var decision = await limiters.AcquireAsync(checks, context.RequestAborted).ConfigureAwait(false);
            request.Add(decision);
            if (!decision.IsAcquired)
            {
                await Rejection.WriteAsync(context, decision, options.OnRejected).ConfigureAwait(false);
                return;
            }
        }

        await next(context).ConfigureAwait(false);
    }
}
