using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using StratAI.Host.Errors;
using StratAI.Host.Features.Conversations;
using StratAI.Host.Http;

namespace StratAI.Host.Features.Chat;

internal sealed record ChatBody : IRequestBody
{
    /// <summary>The conversation to go on with; left out, a new one is made.</summary>
    public Guid? ConversationId { get; init; }

    public Guid? SpaceId { get; init; }

    public Guid? AreaId { get; init; }

    /// <summary>Further documents the answer may draw on.</summary>
    [MaxLength(20)]
    public IReadOnlyList<Guid> DocumentIds { get; init; } = [];

    [StringLength(32_000, MinimumLength = 1)]
    public string Message { get; init; } = "";
}

/// <summary>One server-sent event of a generation. Ids start at 1 and grow by one.</summary>
internal sealed record ChatEvent(long Id, string Type, string Data)
{
    public bool IsLast => Type is "done" or "error";
}

/// <summary>The events' data, by event type.</summary>
internal static class ChatEventData
{
    internal sealed record Start(Guid ConversationId, Guid MessageId, Guid UserMessageId, string Model);

    internal sealed record Delta(string Text);

    internal sealed record Tool(string Name, string Status, bool Cached);

    internal sealed record Done(Guid MessageId, string Status);

    public static (string Type, string Data) Of(Start data) => ("start", Json(data));

    public static (string Type, string Data) Of(Delta data) => ("delta", Json(data));

    public static (string Type, string Data) Of(Tool data) => ("tool", Json(data));

    public static (string Type, string Data) Of(TokenUsage data) => ("usage", Json(data));

    public static (string Type, string Data) Of(Done data) => ("done", Json(data));

    /// <summary>A problem as an event: what would be in the status line and the headers of an answer is in its document.</summary>
    public static (string Type, string Data) Of(Problem problem)
    {
        var details = problem.ToDetails();
        details.Title = ReasonPhrases.GetReasonPhrase(problem.Status);
        if (problem.RetryAfter is { } wait)
        {
            details.Extensions["retryAfter"] = (long)Math.Ceiling(wait.TotalSeconds);
        }

        return ("error", Json(details));
    }

    private static string Json<T>(T data) => JsonSerializer.Serialize(data, ApiJson.Options);
}
