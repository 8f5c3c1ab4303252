using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace StratAI.Benchmarks.Chat;

/// <summary>One user who asks in one conversation, in an area with documents.</summary>
internal sealed class ChatUser : IDisposable
{
    private readonly HttpClient _http;
    private Guid _area;
    private Guid _conversation;

    private ChatUser(Uri address) => _http = new() { BaseAddress = address };

    public static async Task<ChatUser> CreateAsync(Uri address)
    {
        var user = new ChatUser(address);
        var token = await user.PostAsync("/api/dev/token", JsonContent.Create(new { user = "gardener", name = "Gardener" }));
        user._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token["accessToken"]!.GetValue<string>());
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        user._area = await user.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden", instructions = "Answer in one sentence." });
        foreach (var name in new[] { "tomatoes", "roses", "beans" })
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent(user._area.ToString()), "areaId" },
                { new StringContent($"# {name}\n\nOf {name} it is known that they want water every day.\n"), "file", $"{name}.md" },
            };
            await user.PostAsync("/api/documents", form);
        }

        user._conversation = await user.CreateAsync("/api/conversations", new { areaId = user._area });
        return user;
    }

    /// <summary>Asks, and reads the whole answer.</summary>
    public async Task AskAsync()
    {
        var last = "";
        await foreach (var item in AskEventsAsync())
        {
            last = item.EventType;
        }

        if (last != "done")
        {
            throw new InvalidOperationException($"The answer ended with '{last}'.");
        }
    }

    /// <summary>Asks, in a conversation of its own where it is to begin <paramref name="anew"/>; the answer's events as they come.</summary>
    public async IAsyncEnumerable<SseItem<string>> AskEventsAsync(bool anew = false, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat")
        {
            Content = JsonContent.Create(new { conversationId = anew ? (Guid?)null : _conversation, areaId = _area, message = "What do tomatoes want?" }),
        };
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(cancellationToken))
        {
            yield return item;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Guid> CreateAsync(string path, object body) => (await PostAsync(path, JsonContent.Create(body)))["id"]!.GetValue<Guid>();

    private async Task<JsonObject> PostAsync(string path, HttpContent content)
    {
        using var response = await _http.PostAsync(path, content);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)!.AsObject() : throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {text}");
    }
}
