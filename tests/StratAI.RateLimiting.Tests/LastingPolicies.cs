namespace StratAI.RateLimiting.Tests;

/// <summary>
/// A policy of each kind whose window is so long that nothing comes back while a test runs: on the server's real clock it then admits its limit exactly.
/// </summary>
public static class LastingPolicies
{
    public static IReadOnlyList<string> Kinds { get; } = ["token-bucket", "sliding-window"];

    public static TheoryData<string> EachKind => [.. Kinds];

    /// <summary>Refuses while Redis is away unless told otherwise, so that its limit holds through every fault.</summary>
    public static RateLimitPolicy Create(string kind, long limit, OutageBehavior outage = OutageBehavior.Closed) => kind switch
    {
        // The first permit comes back after three minutes; to a clock that is two hours ahead of another, forty have.
        "token-bucket" => new() { PermitLimit = limit, Window = limit * TimeSpan.FromMinutes(3), Outage = outage },
        // Of its segments, the one that just began counts for a year.
        "sliding-window" => new() { Algorithm = RateLimitAlgorithm.SlidingWindow, PermitLimit = limit, Window = TimeSpan.FromDays(366), Outage = outage },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
