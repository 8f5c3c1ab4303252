namespace StratAI.RateLimiting.LanguageModels;

/// <summary>A call to a language model was not sent, because a budget has no room for it, or could not be asked. Nothing was charged.</summary>
public sealed class TokenBudgetExceededException : Exception
{
    /// <summary>Makes one of a decision that refused.</summary>
    /// <param name="decision">The decision.</param>
    public TokenBudgetExceededException(RateLimitDecision decision)
        : base(MessageOf(decision)) => Decision = decision;

    /// <summary>The decision. Its outcome is <see cref="RateLimitOutcome.Unavailable"/> when Redis gave no answer and a budget is closed then.</summary>
    public RateLimitDecision Decision { get; }

    /// <summary>The names of the policies that refused.</summary>
    public IReadOnlyList<string> ViolatedPolicies => ViolatedOf(Decision);

    /// <summary>As <see cref="RateLimitDecision.RetryAfter"/>.</summary>
    public TimeSpan? RetryAfter => Decision.RetryAfter;

    internal static string[] ViolatedOf(RateLimitDecision decision) =>
        [.. decision.Policies.Where(policy => policy is { Violated: true, IsShadow: false }).Select(policy => policy.Policy)];

    private static string MessageOf(RateLimitDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var policies = string.Join(", ", ViolatedOf(decision));
        return decision.Outcome == RateLimitOutcome.Unavailable
            ? $"The budget of tokens could not be asked, and is closed then: {policies}."
            : $"The budget of tokens has no room for the call: {policies}.";
    }
}
