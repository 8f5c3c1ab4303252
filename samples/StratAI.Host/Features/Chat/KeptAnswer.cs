using System.Text.Json;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat;

/// <summary>An answer as the database has it, with its question.</summary>
internal sealed record KeptAnswer
{
    public const string Query =
        """
        SELECT m.id, m.conversation_id, m.content, m.status, m.usage AS usage_text, m.model, q.id AS question_id, q.content AS question
        FROM messages m LEFT JOIN messages q ON q.id = (
            SELECT p.id FROM messages p WHERE p.conversation_id = m.conversation_id AND p.role = 'user' AND p.created_at < m.created_at
            ORDER BY p.created_at DESC, p.id DESC LIMIT 1)
        WHERE m.id = @answerId
        """;

    public Guid Id { get; init; }

    public Guid ConversationId { get; init; }

    public Guid QuestionId { get; init; }

    public string Question { get; init; } = "";

    public string Content { get; init; } = "";

    public string Status { get; init; } = "";

    public string? Model { get; init; }

    public string? UsageText { get; init; }

    public bool IsOver => Status != "streaming";

    public TokenUsage? Usage
    {
        get => UsageText is null ? null : JsonSerializer.Deserialize<TokenUsage>(UsageText, ApiJson.Options);
        init => UsageText = JsonSerializer.Serialize(value, ApiJson.Options);
    }

    /// <summary>The last events of its stream.</summary>
    public IEnumerable<(string Type, string Data)> End =>
    [
        ChatEventData.Of(Usage ?? ChatUsage.None),
        Status == "failed" ? ChatEventData.Of(ChatProblems.Failed()) : ChatEventData.Of(new ChatEventData.Done(Id, Status)),
    ];

    /// <summary>A stream that tells the same as the one that is no longer kept.</summary>
    public IReadOnlyList<ChatEvent> Rebuild()
    {
        IEnumerable<(string Type, string Data)> start = [ChatEventData.Of(new ChatEventData.Start(ConversationId, Id, QuestionId, Model ?? ""))];
        var text = Content.Length > 0 ? [ChatEventData.Of(new ChatEventData.Delta(Content))] : Array.Empty<(string, string)>();
        return Number(0, [.. start, .. text, .. End]);
    }

    /// <summary>Events behind the one numbered <paramref name="after"/>.</summary>
    public static IReadOnlyList<ChatEvent> Number(long after, IEnumerable<(string Type, string Data)> events) =>
        [.. events.Select((item, i) => new ChatEvent(after + 1 + i, item.Type, item.Data))];
}
