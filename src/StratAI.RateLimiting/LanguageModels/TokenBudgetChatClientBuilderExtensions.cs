using Microsoft.Extensions.DependencyInjection;
using StratAI.RateLimiting;
using StratAI.RateLimiting.LanguageModels;

namespace Microsoft.Extensions.AI;

/// <summary>Adds budgets to a pipeline of chat clients.</summary>
public static class TokenBudgetChatClientBuilderExtensions
{
    /// <summary>
    /// Counts what goes through here against budgets of <see cref="IRateLimiters"/>, which must be registered
    /// (<see cref="RateLimitingServiceCollectionExtensions.AddStratAIRateLimiting"/>): see <see cref="TokenBudgetChatClient"/>. Put it after a cache, so that what the cache
    /// answers is not charged, and after function invocation, so that every round is reserved on its own.
    /// </summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="configure">Sets the options; validated when the pipeline is built.</param>
    /// <returns>The pipeline.</returns>
    public static ChatClientBuilder UseTokenBudget(this ChatClientBuilder builder, Action<TokenBudgetOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use((inner, services) =>
        {
            var options = new TokenBudgetOptions();
            configure?.Invoke(options);
            return new TokenBudgetChatClient(inner, services.GetRequiredService<IRateLimiters>(), options);
        });
    }
}
