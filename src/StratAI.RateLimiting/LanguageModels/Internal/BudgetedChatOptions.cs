using Microsoft.Extensions.AI;

namespace StratAI.RateLimiting.LanguageModels.Internal;

/// <summary>
/// Options with what the call brings. A type of its own rather than an entry of the additional properties: those are serialised by caches and logs, and sent by
/// some providers.
/// </summary>
internal sealed class BudgetedChatOptions : ChatOptions
{
    public BudgetedChatOptions(ChatOptions? other)
        : base(other)
    {
        if (other is BudgetedChatOptions budgeted)
        {
            (Budgets, Reservations) = (budgeted.Budgets, budgeted.Reservations);
        }
    }

    public IReadOnlyList<RateLimitCheck> Budgets { get; init; } = [];

    public IReadOnlyList<HandedOver> Reservations { get; init; } = [];

    public override ChatOptions Clone() => new BudgetedChatOptions(this);
}
