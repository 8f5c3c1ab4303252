using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>What was decided about a request so far, over all stages of the middleware.</summary>
internal sealed class RequestLimits : IRateLimitFeature
{
    private readonly List<string> _begun = [];
    private readonly List<RateLimitStatus> _statuses = [];
    private readonly List<RateLimitReservation> _reservations = [];

    public IReadOnlyList<RateLimitStatus> Statuses => _statuses;

    public static RequestLimits Of(HttpContext context)
    {
        if (context.Features.Get<IRateLimitFeature>() is not RequestLimits limits)
        {
            context.Features.Set<IRateLimitFeature>(limits = new());

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

    public void Add(RateLimitDecision decision)
    {
        _statuses.AddRange(decision.Policies);
        lock (_reservations)
        {
            _reservations.AddRange(decision.Reservations);
        }
    }

    public RateLimitReservation? Take(string policy)
    {
        lock (_reservations)
        {
            var found = _reservations.Find(reservation => string.Equals(reservation.Policy, policy, StringComparison.OrdinalIgnoreCase));
            if (found is not null)
            {
                _reservations.Remove(found);
            }

            return found;
        }
    }

    /// <summary>Gives back what the request holds.</summary>
    public async ValueTask ReleaseAsync()
    {
        RateLimitReservation[] left;
        lock (_reservations)
        {
            left = [.. _reservations];
            _reservations.Clear();
        }

        foreach (var reservation in left)
        {
            await reservation.DisposeAsync().ConfigureAwait(false);
        }
    }
}
