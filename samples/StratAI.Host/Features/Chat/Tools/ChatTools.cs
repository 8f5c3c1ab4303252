namespace StratAI.Host.Features.Chat.Tools;

/// <summary>The tools there are.</summary>
internal sealed class ChatTools(IEnumerable<ChatTool> tools, ToolMessages messages, TimeProvider time, ILogger<ChatTools> logger)
{
    private readonly IReadOnlyList<ChatTool> _tools = [.. tools];

    /// <summary>Makes them ready for an answer to a question of the user's. Called within the request that asks it.</summary>
    public AnswerTools Open(ChatTurn turn, string userId, Action<(string Type, string Data)> tell) =>
        new(turn, userId, tell, messages, time, logger) { Tools = _tools };
}
