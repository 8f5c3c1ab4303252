using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using StratAI.Host.Features.Areas;
using StratAI.Host.Http;
using StratAI.Pagination;

namespace StratAI.Host.Features.Conversations;

internal sealed record ConversationBody : IRequestBody
{
    [StringLength(200, MinimumLength = 1)]
    public string? Title { get; init; }

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }
}

internal sealed record ConversationResource
{
    public const string Columns =
        "c.id, c.title, c.space_id, c.area_id, c.message_count, c.last_message_at, c.active_message_id, c.created_at, c.updated_at";

    public static readonly PageOrder<ConversationResource> Order = PageOrder<ConversationResource>.Create(order => order
        .Key("createdAt", conversation => conversation.CreatedAt, "c.created_at")
        .Key("lastMessageAt", conversation => conversation.LastMessageAt, "c.last_message_at", nullable: true)
        .TieBreaker("id", conversation => conversation.Id, "c.id")
        .Default("-createdAt"));

    public Guid Id { get; init; }

    /// <summary>Null until it is given one, or its first answer does.</summary>
    public string? Title { get; init; }

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }

    public int MessageCount { get; init; }

    public DateTimeOffset? LastMessageAt { get; init; }

    /// <summary>The answer that is being generated now.</summary>
    public Guid? ActiveMessageId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public Place Place => new(SpaceId, AreaId);

    public ConversationBody ToBody() => new() { Title = Title, SpaceId = SpaceId, AreaId = AreaId };
}

internal sealed record TokenUsage(long InputTokens, long OutputTokens, long CachedInputTokens, bool Estimated);

internal sealed record MessageResource
{
    public const string Columns = "m.id, m.role, m.content, m.status, m.usage AS usage_text, m.model, m.created_at, m.updated_at";

    public static readonly PageOrder<MessageResource> Order = PageOrder<MessageResource>.Create(order => order
        .Key("createdAt", message => message.CreatedAt, "m.created_at")
        .TieBreaker("id", message => message.Id, "m.id")
        .Default("createdAt"));

    public Guid Id { get; init; }

    /// <summary>user, assistant or tool.</summary>
    public string Role { get; init; } = "";

    public string Content { get; init; } = "";

    /// <summary>complete, streaming, stopped or failed.</summary>
    public string Status { get; init; } = "";

    public TokenUsage? Usage => UsageText is null ? null : System.Text.Json.JsonSerializer.Deserialize<TokenUsage>(UsageText, ApiJson.Options);

    public string? Model { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public string? UsageText { get; init; }
}
