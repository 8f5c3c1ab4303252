using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>What was decided about a request so far, over all stages of the middleware.</summary>
internal sealed class RequestLimits
{
    private readonly List<string> _begun = [];
    private readonly List<RateLimitStatus> _statuses = [];

    public static RequestLimits Of(HttpContext context)
    {
        if (context.Features.Get<RequestLimits>() is not { } limits)
        {
            context.Features.Set(limits = new());

            // Written at the last moment, so that they survive an exception handler, which clears the response.
            context.Response.OnStarting(
                static state =>
                {
                    var (context, limits) = ((HttpContext, RequestLimits))state;
                    RateLimitHeaders.Write(context.Response.Headers, limits._statuses);
                    return Task.CompletedTask;
                },
                (context, limits));
        }

        return limits;
    }

    /// <summary>Whether the policy was not begun yet; it is from now on.</summary>
    public bool TryBegin(string policy)
    {
        if (_begun.Contains(policy))
        {
            return false;
        }

        _begun.Add(policy);
        return true;
    }

    public void Add(RateLimitDecision decision) => _statuses.AddRange(decision.Policies);
}
