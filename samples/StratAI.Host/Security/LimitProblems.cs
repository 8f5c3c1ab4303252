using Microsoft.Extensions.AI;
using StratAI.Host.Errors;
using StratAI.RateLimiting;
using StratAI.RateLimiting.LanguageModels;

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
        var isUnknown = decision.Outcome == RateLimitOutcome.Unavailable;
        return new(
            isUnknown ? 503 : 429,
            isUnknown ? ReducedCapacity : QuotaExceeded,
            isUnknown ? "The limits on this request cannot be checked at the moment." : $"The limit is reached: {string.Join(", ", names)}. {Advice(decision, violated)}")
        {
            Type = Types + (isUnknown ? ReducedCapacity : QuotaExceeded), ViolatedPolicies = names, RetryAfter = decision.RetryAfter,
        };
    }

    /// <summary>For the update that ends an answer in its middle, because its user's tokens are used up; null for any other.</summary>
    public static Problem? OfEnded(ChatResponseUpdate update) =>
        update.AdditionalProperties?.TryGetValue(TokenBudgetChatClient.ViolatedPoliciesProperty, out string? policies) == true
            ? new(429, QuotaExceeded, "The limit is reached, and the answer ends here. What there is of it is kept in the conversation.")
            {
                Type = Types + QuotaExceeded, ViolatedPolicies = policies.Split(", "),
            }
            : null;

    private static string Advice(RateLimitDecision decision, List<RateLimitStatus> violated) =>
        decision.RetryAfter is { } wait ? $"There is room again in {Math.Ceiling(wait.TotalSeconds)} s."
        : violated.Exists(policy => policy.IsNever) ? "What is asked for is more than the whole limit."
        : "There is room again when something that runs has ended.";
}
