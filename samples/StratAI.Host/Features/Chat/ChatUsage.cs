using System.Text;
using Microsoft.Extensions.AI;
using StratAI.Host.Features.Chat.Local;
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

    /// <summary>Where the model did not say: about four bytes are a token.</summary>
    public static TokenUsage Estimate(IReadOnlyList<ChatMessage> prompt, string answer) =>
        prompt.Count == 0 ? None : new(OfInput(prompt), Tokens(Encoding.UTF8.GetByteCount(answer)), 0, Estimated: true);

    public static long OfInput(IEnumerable<ChatMessage> prompt)
    {
        var (messages, bytes) = (0L, 0L);
        foreach (var message in prompt)
        {
            messages++;
            foreach (var content in message.Contents.OfType<TextContent>())
            {
                bytes += Encoding.UTF8.GetByteCount(content.Text);
            }
        }

        return (messages * TokensPerMessage) + Tokens(bytes);
    }

    public static long OfText(string text) => Tokens(Encoding.UTF8.GetByteCount(text));

    private static long Tokens(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;
}
