namespace StratAI.RateLimiting.Tests;

/// <summary>
/// A policy of each kind whose window is so long that nothing comes back while a test runs: on the server's real clock it then admits its limit exactly.
/// </summary>
public static class LastingPolicies
{
    public static TheoryData<string> Kinds => ["token-bucket"];

    /// <summary>Refuses while Redis is away unless told otherwise, so that its limit holds through every fault.</summary>
    public static RateLimitPolicy Create(string kind, long limit, OutageBehavior outage = OutageBehavior.Closed) => kind switch
    {
        // Up to 100,000 permits come back one in five minutes or more.
        "token-bucket" => new() { PermitLimit = limit, Window = TimeSpan.FromDays(366), Outage = outage },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
