using System.Text;
using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat.Local;
using StratAI.Host.Features.Chat.Tokens;
using StratAI.Host.Features.Conversations;

namespace StratAI.Host.Features.Chat;

/// <summary>What an answer used, in tokens: as the model says, or estimated as the budget is charged then.</summary>
internal static class ChatUsage
{
    private const int BytesPerToken = 4;
    private const int TokensPerMessage = 4;

    /// <summary>Nothing was sent, or nothing came back.</summary>
    public static TokenUsage None { get; } = new(0, 0, 0, Estimated: true);

    public static TokenUsage Report(UsageDetails details) =>
        new(details.InputTokenCount ?? 0, details.OutputTokenCount ?? 0, details.CachedInputTokenCount ?? 0, details.AdditionalCounts?.ContainsKey(LocalChatClient.EstimatedCount) == true);

    /// <summary>Where nobody said: the prompt is counted, and four bytes are a token of the answer, as the budget has it.</summary>
    public static TokenUsage Estimate(long inputTokens, string answer) => new(inputTokens, OfText(answer), 0, Estimated: true);

    /// <summary>What a model reads: messages, instructions, and the tools it may call.</summary>
    public static long OfInput(IEnumerable<ChatMessage> prompt, ChatOptions? options = null)
    {
        var texts = new List<string>();
        var messages = 0;
        foreach (var message in prompt)
        {
            messages++;
            texts.AddRange(TokenCount.TextOf(message.Contents));
        }

        texts.Add(options?.Instructions ?? "");
        foreach (var tool in options?.Tools ?? [])
        {
            texts.AddRange([tool.Name, tool.Description, (tool as AIFunctionDeclaration)?.JsonSchema.GetRawText() ?? ""]);
        }

        return (messages * TokensPerMessage) + TokenCount.Of(texts);
    }

    /// <summary>What a model has written, as the budget has it.</summary>
    public static long OfText(string text) => (Encoding.UTF8.GetByteCount(text) + BytesPerToken - 1) / BytesPerToken;
}
