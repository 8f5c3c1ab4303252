namespace StratAI.RateLimiting;

/// <summary>What the middleware decided about a request; from <c>HttpContext.Features</c>.</summary>
public interface IRateLimitFeature
{
    /// <summary>The policies that were asked so far, as they stood then.</summary>
    IReadOnlyList<RateLimitStatus> Statuses { get; }

    /// <summary>
    /// Takes over what the request holds under a policy, for work that outlives it: the caller ends it. What nobody takes is given back when the request
    /// ends.
    /// </summary>
    /// <param name="policy">The policy's name.</param>
    /// <returns><see langword="null"/> when nothing is held under it, or was taken before.</returns>
    RateLimitReservation? Take(string policy);
}
