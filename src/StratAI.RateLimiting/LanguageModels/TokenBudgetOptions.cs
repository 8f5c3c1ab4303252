using Microsoft.Extensions.AI;

namespace StratAI.RateLimiting.LanguageModels;

/// <summary>How a <see cref="TokenBudgetChatClient"/> counts. All amounts are tokens of the model.</summary>
public sealed class TokenBudgetOptions
{
    internal const int MaxReserve = 10_000_000;

    /// <summary>
    /// The budgets that a call counts against, such as the user's and the tenant's: policies of <see cref="RateLimitAlgorithm.Budget"/> or
    /// <see cref="RateLimitAlgorithm.SlidingBudget"/>, up to 32, asked together. The costs are replaced. Called once per call with its messages and options. Default
    /// <see langword="null"/>: only those that the call brings (<see cref="TokenBudgetChatOptionsExtensions.WithTokenBudgets"/>). A call
    /// without any is not limited.
    /// </summary>
    public Func<IEnumerable<ChatMessage>, ChatOptions?, IReadOnlyList<RateLimitCheck>>? Budgets { get; set; }

    /// <summary>
    /// The tokens of a call's input, estimated; below 0 counts as 0. Default <see langword="null"/>: four bytes of UTF-8 per token over messages, instructions
    /// and tools, and 1,000 tokens per image, file or other medium.
    /// </summary>
    /// <remarks>
    /// An estimate suffices: it is held only while the call runs, and then replaced by what the model says that it used. It is charged only where the
    /// model does not say, as when a call is cancelled.
    /// </remarks>
    public Func<IEnumerable<ChatMessage>, ChatOptions?, long>? EstimateInput { get; set; }

    /// <summary>
    /// The tokens of output that a streamed response has reserved in advance, and the step by which the reservation grows while it streams. Smaller
    /// blocks hold less that is not used in the end; larger ones ask less often, and a response is refused at its start rather than ended half-way. Default 1,000; from
    /// 10 to 10,000,000. Never more is reserved at the start than <see cref="ChatOptions.MaxOutputTokens"/> allows.
    /// </summary>
    public int OutputBlock { get; set; } = 1000;

    /// <summary>
    /// The tokens of output that a response in one piece has reserved, or <see cref="ChatOptions.MaxOutputTokens"/> if that is less. A longer one is charged in full
    /// nevertheless. Default 4,096; from 1 to 10,000,000.
    /// </summary>
    public int ResponseReserve { get; set; } = 4096;

    internal TokenBudgetOptions Validated()
    {
        Check(OutputBlock, 10, nameof(OutputBlock));
        Check(ResponseReserve, 1, nameof(ResponseReserve));
        return new() { Budgets = Budgets, EstimateInput = EstimateInput, OutputBlock = OutputBlock, ResponseReserve = ResponseReserve };
    }

    private static void Check(int value, int least, string name)
    {
        if (value < least || value > MaxReserve)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(TokenBudgetOptions)}.{name} is from {least} to {MaxReserve} tokens.");
        }
    }
}
