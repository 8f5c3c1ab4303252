using System.Text.Json.Nodes;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>What came of tools in an answer.</summary>
public static class ToolAnswer
{
    /// <summary>The events of tools: <c>name status</c>, and <c>cached</c> where they were.</summary>
    public static IEnumerable<string> ToolEvents(this ChatAnswer chat) => chat.Events.Where(item => item.Type == "tool")
        .Select(item => $"{item.Data["name"]} {item.Data["status"]}{(item.Data["cached"]!.GetValue<bool>() ? " cached" : "")}");

    /// <summary>What the tools of a conversation answered, as its messages tell it.</summary>
    public static async Task<IReadOnlyList<JsonNode>> ToolResultsAsync(this ApiClient user, ChatAnswer chat) =>
        [.. (await user.MessagesAsync(chat)).Where(message => message["role"]!.GetValue<string>() == "tool")
            .Select(message => JsonNode.Parse(message["content"]!.GetValue<string>())!["result"]!)];

    public static async Task<IReadOnlyList<JsonNode>> MessagesAsync(this ApiClient user, ChatAnswer chat) =>
        [.. (await user.GetAsync($"/api/conversations/{chat.ConversationId}/messages?limit=100")).Body!["data"]!.AsArray().OfType<JsonNode>()];

    public static string Text(this JsonNode node, string name) => node[name]!.GetValue<string>();
}
