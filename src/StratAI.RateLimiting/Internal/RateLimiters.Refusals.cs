namespace StratAI.RateLimiting.Internal;

/// <summary>What is known to be refused.</summary>
internal sealed partial class RateLimiters
{
    /// <summary>Whether the policy has plans, so that a request's plan matters to it.</summary>
    internal bool HasPlans(string policy) => _policies.Find(policy).HasPlans;

    /// <summary>The refusal that the call would get, if it is known without asking Redis. Nothing is taken, and <see langword="null"/> promises nothing.</summary>
    internal RateLimitDecision? FindRefusal(IReadOnlyList<RateLimitCheck> checks)
    {
        var start = Time.GetTimestamp();
        // The request's plan is not known yet, and may allow more.
        var requests = Array.FindAll(Prepare(checks, reserve: true), request => !request.Policy.HasPlans);
        var refusal = _distributed is null ? FindRefusalHere(requests) : _denials.Find(requests);
        if (refusal is not null)
        {
            _metrics.Decided(refusal, _distributed is null ? "embedded" : "denial", Time.GetElapsedTime(start));
        }

        return refusal;
    }

    private RateLimitDecision? FindRefusalHere(LimitRequest[] requests)
    {
        // Only where one permit is asked for: what has none left refuses a larger cost too, but for longer than this would tell.
        var askable = Array.FindAll(requests, request => request.Cost <= 1);
        var asked = Hash(Array.ConvertAll(askable, request => request with { Hold = null, Cost = 0 }));
        return _local.Acquire(asked) is { Acquired: false } reply ? Decisions.From(asked, reply) : null;
    }
}
