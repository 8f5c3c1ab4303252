using Microsoft.AspNetCore.Http;

namespace StratAI.RateLimiting.AspNetCore;

/// <summary>What was decided about a request so far, over all stages of the middleware.</summary>
internal sealed class RequestLimits(HttpContext context) : IRateLimitFeature
{
    private readonly List<string> _begun = [];
    private readonly List<RateLimitStatus> _statuses = [];
    private readonly List<RateLimitReservation> _reservations = [];
    private (bool IsKnown, string? Name) _plan;

    public IReadOnlyList<RateLimitStatus> Statuses => _statuses;

    public static RequestLimits Of(HttpContext context)
    {
        if (context.Features.Get<IRateLimitFeature>() is not RequestLimits limits)
        {
            context.Features.Set<IRateLimitFeature>(limits = new(context));

            // Written at the last moment, so that they survive an exception handler, which clears the response.
            context.Response.OnStarting(
                static state =>
                {
                    ((RequestLimits)state).WriteHeaders();
                    return Task.CompletedTask;
                },
                limits);
        }

        return limits;
    }

    /// <summary>Whether the policy was not begun yet; it is from now on.</summary>
    public bool TryBegin(string policy)
    {
        foreach (var begun in _begun)
        {
            if (begun.Equals(policy, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        _begun.Add(policy);
        return true;
    }

    /// <summary>The request's plan, asked for once.</summary>
    public async ValueTask<string?> PlanAsync(Func<HttpContext, ValueTask<string?>> find)
    {
        if (!_plan.IsKnown)
        {
            _plan = (true, await find(context).ConfigureAwait(false));
        }

        return _plan.Name;
    }

    public void Add(RateLimitDecision decision)
    {
        if (_statuses.Count > 0)
        {
            // A policy is told of once: an error page may ask again what was refused early.
            _statuses.RemoveAll(known => decision.Policies.Any(status => status.Policy == known.Policy));
        }

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

    private void WriteHeaders() => RateLimitHeaders.Write(context.Response.Headers, _statuses);
}
