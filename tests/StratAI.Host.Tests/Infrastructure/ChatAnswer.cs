using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A stream of chat events, read to its end.</summary>
public sealed record ChatAnswer(IReadOnlyDictionary<string, string> Headers, IReadOnlyList<(string Id, string Type, JsonNode Data)> Events)
{
    public Guid AnswerId => Events[0].Data["messageId"]!.GetValue<Guid>();

    public Guid ConversationId => Events[0].Data["conversationId"]!.GetValue<Guid>();

    public string Text => string.Concat(Events.Where(item => item.Type == "delta").Select(item => item.Data["text"]!.GetValue<string>()));

    public static async Task<ChatAnswer> ReadAsync(HttpResponseMessage response)
    {
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = new List<(string, string, JsonNode)>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            events.Add((item.EventId ?? "", item.EventType, JsonNode.Parse(item.Data)!));
        }

        return new(Answer.HeadersOf(response), events);
    }
}

public static class ChatClientExtensions
{
    /// <summary>Asks, and reads the whole answer.</summary>
    public static async Task<ChatAnswer> ChatAsync(this ApiClient client, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat") { Content = JsonContent.Create(body) };
        using var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, await DescribeAsync(response));
        return await ChatAnswer.ReadAsync(response);
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response) =>
        response.IsSuccessStatusCode ? "" : $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
}
