using StratAI.Host.Errors;
using StratAI.RateLimiting;

namespace StratAI.Host.Security;

/// <summary>What a refused client is told, in the problem types of draft-ietf-httpapi-ratelimit-headers.</summary>
internal static class LimitProblems
{
    private const string Types = "https://iana.org/assignments/http-problem-types#";
    private const string QuotaExceeded = "quota-exceeded";
    private const string ReducedCapacity = "temporary-reduced-capacity";

    public static Problem Of(RateLimitDecision decision)
    {
        var violated = decision.Policies.Where(policy => policy is { Violated: true, IsShadow: false }).ToList();
        var names = violated.ConvertAll(policy => policy.Policy);
        return decision.Outcome == RateLimitOutcome.Unavailable
            ? new(503, ReducedCapacity, "The limits on this request cannot be checked at the moment.") { Type = Types + ReducedCapacity, ViolatedPolicies = names }
            : Exceeded($"The limit is reached: {string.Join(", ", names)}. {Advice(decision, violated)}", names);
    }

    public static Problem Exceeded(string detail, IReadOnlyList<string> policies) =>
        new(429, QuotaExceeded, detail) { Type = Types + QuotaExceeded, ViolatedPolicies = policies };

    private static string Advice(RateLimitDecision decision, List<RateLimitStatus> violated) =>
        decision.RetryAfter is not null ? "Retry-After says when there is room again."
        : violated.Exists(policy => policy.IsNever) ? "The request is larger than the whole limit."
        : "There is room again when something that runs has ended.";
}
