using StratAI.RateLimiting;
using StratAI.RateLimiting.LanguageModels;
using StratAI.RateLimiting.LanguageModels.Internal;

namespace Microsoft.Extensions.AI;

/// <summary>What one call brings to its <see cref="TokenBudgetChatClient"/>. None of it is ever serialised or sent to a model.</summary>
public static class TokenBudgetChatOptionsExtensions
{
    /// <summary>Names budgets that calls with these options count against, beside those of <see cref="TokenBudgetOptions.Budgets"/>.</summary>
    /// <param name="options">The options, which stay as they are; <see langword="null"/>: none.</param>
    /// <param name="budgets">Policies and keys; the costs are replaced.</param>
    /// <returns>A copy of the options. It is kept by <see cref="ChatOptions.Clone"/>; a copy made in another way loses the budgets.</returns>
    public static ChatOptions WithTokenBudgets(this ChatOptions? options, params IEnumerable<RateLimitCheck> budgets)
    {
        ArgumentNullException.ThrowIfNull(budgets);
        return new BudgetedChatOptions(options) { Budgets = [.. (options as BudgetedChatOptions)?.Budgets ?? [], .. budgets] };
    }

    /// <summary>
    /// Hands over reservations that were made earlier, such as by the middleware (<see cref="IRateLimitFeature.Take"/>): the call extends one to its own estimate instead of
    /// reserving anew under its policy, and settles it, also when it is refused. A permit of <see cref="RateLimitAlgorithm.Concurrency"/> is held until the call ends.
    /// </summary>
    /// <remarks>
    /// A reservation serves the first call that is made. Further calls with the same options, such as the rounds of a client that invokes functions, reserve anew with the
    /// same policy, key, plan and group. Until a call is made the caller still owns it, and a stream is made when it is first asked for an update.
    /// </remarks>
    /// <param name="options">The options, which stay as they are; <see langword="null"/>: none.</param>
    /// <param name="reservations">What is handed over; <see langword="null"/> entries are left out.</param>
    /// <returns>A copy of the options. It is kept by <see cref="ChatOptions.Clone"/>; a copy made in another way loses the reservations.</returns>
    public static ChatOptions WithReservations(this ChatOptions? options, params IEnumerable<RateLimitReservation?> reservations)
    {
        ArgumentNullException.ThrowIfNull(reservations);
        return new BudgetedChatOptions(options)
        {
            Reservations =
            [
                .. (options as BudgetedChatOptions)?.Reservations ?? [],
                .. reservations.OfType<RateLimitReservation>().Select(reservation => new HandedOver(reservation)),
            ],
        };
    }
}
