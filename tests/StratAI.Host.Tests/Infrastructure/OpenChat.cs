using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>An answer that is read event by event; disposed, it is a client that went away.</summary>
public sealed class OpenChat : IAsyncDisposable
{
    // An event that does not come is a failure, and no test that hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private OpenChat(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events) => (_response, _events) = (response, events);

    public Guid AnswerId { get; private set; }

    public Guid ConversationId { get; private set; }

    public IReadOnlyDictionary<string, string> Headers => Answer.HeadersOf(_response);

    /// <summary>Asks, and reads the first event.</summary>
    public static Task<OpenChat> AskAsync(ApiClient user, string message = "Is anybody there?", string? key = null) => AskAsync(user, new { message }, key);

    /// <summary>Asks, and reads the first event.</summary>
    public static async Task<OpenChat> AskAsync(ApiClient user, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat") { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        var response = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, response.IsSuccessStatusCode ? "" : $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        var chat = new OpenChat(response, SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());
        var start = (await chat.NextAsync()).Data;
        (chat.AnswerId, chat.ConversationId) = (start["messageId"]!.GetValue<Guid>(), start["conversationId"]!.GetValue<Guid>());
        return chat;
    }

    public async Task<(string Type, JsonNode Data)> NextAsync()
    {
        Assert.True(await _events.MoveNextAsync().AsTask().WaitAsync(Patience), "The stream has ended.");
        return (_events.Current.EventType, JsonNode.Parse(_events.Current.Data)!);
    }

    /// <summary>The next event of a type; others are passed over.</summary>
    public async Task<JsonNode> NextAsync(string type)
    {
        while (true)
        {
            var (found, data) = await NextAsync();
            if (found == type)
            {
                return data;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        try
        {
            await _events.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or NotSupportedException)
        {
            // It was cut off on purpose, perhaps in the middle of reading.
        }
    }
}
