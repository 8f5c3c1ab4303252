using System.Diagnostics;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>The busiest flows of the API, in which everything that a user names or says has the word "canary" in it.</summary>
internal sealed class BusyRun(HostInstance host, CalendarServer calendar)
{
    /// <summary>The span of the client, which all traces begin with.</summary>
    public const string ClientSpan = "b7ad6b7169203331";

    private static readonly byte[] Notes = "# canary-heading\n\nThe canary-text wants water.\n"u8.ToArray();

    // Other instances in this process are heard too: each run has traces of its own.
    public string UploadTrace { get; } = NewTrace();

    public string ChatTrace { get; } = NewTrace();

    public string RefusedTrace { get; } = NewTrace();

    public ApiClient User { get; private set; } = null!;

    /// <summary>The ids of what was made.</summary>
    public List<Guid> Ids { get; } = [];

    /// <summary>The trace id that a refusal named.</summary>
    public string? RefusalTrace { get; private set; }

    public static string NewTrace() => ActivityTraceId.CreateRandom().ToHexString();

    public async Task RunAsync()
    {
        User = await host.SignInAsync("canary-ada");
        User.Http.DefaultRequestHeaders.UserAgent.ParseAdd("canary-agent/1.0");
        var space = await MakeAsync("/api/spaces", new { name = "canary-space" });
        var area = await MakeAsync($"/api/spaces/{space}/areas", new { name = "canary-area", instructions = "canary-instructions" });
        Ok(await User.PutAsync($"/api/spaces/{space}/members/canary-bob", new { role = "viewer" }));
        Ok(await User.PatchAsync("/api/preferences", new { settings = new { canary = "canary-setting" } }));
        var task = await MakeAsync("/api/tasks", new { title = "canary-title", notes = "canary-notes" }, ("Idempotency-Key", "canary-key"));
        Ok(await User.PostAsync("/api/tasks", new { title = "canary-title", notes = "canary-notes" }, ("Idempotency-Key", "canary-key")));
        Ok(await User.PatchAsync($"/api/tasks/{task}", new { title = "canary-changed" }));
        Ok(await User.GetAsync("/api/tasks?q=canary-search&limit=1"));
        await DocumentsAsync(area);
        var page = await User.PostAsync("/api/pages", new { title = "canary-page", areaId = area });
        Ids.Add(page.Id);
        Ok(await User.PatchAsync($"/api/pages/{page.Id}", new { title = "canary-renamed" }, ("If-Match", page.ETag)));
        await MakeAsync("/api/meetings", new { title = "canary-meeting", startsAt = "2026-12-01T10:00:00Z", endsAt = "2026-12-01T11:00:00Z", attendees = new[] { "canary@example.org" } });
        Ok(await User.PostAsync("/api/games/scores", new { game = "canary-game", score = 7 }));
        Ok(await User.GetAsync("/api/games/scores?game=canary-game"));
        Ok(await User.PutAsync("/api/integrations/calendar", calendar.NewAccount().Body()));
        Ok(await User.GetAsync("/api/integrations/calendar/events?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z"));
        await ChatAsync(area);
        Ok(await User.GetAsync("/api/conversations?q=canary-search"));
        await RefusedAsync();
    }

    private async Task DocumentsAsync(Guid area)
    {
        using var form = new MultipartFormDataContent { { new StringContent($"{area}"), "areaId" }, { new ByteArrayContent(Notes), "file", "canary-file.md" } };
        var document = Ok(await User.SendAsync(HttpMethod.Post, "/api/documents", form, Trace(UploadTrace))).Id;
        var image = Ok(await User.UploadAsync("canary.png", Pictures.Png(400, 300), "image/png", ("areaId", $"{area}"))).Id;
        Ids.AddRange([document, image]);
        Ok(await User.GetAsync($"/api/documents/{document}/content"));
        Ok(await User.GetAsync($"/api/documents/{image}/image?w=320&format=png"));
        Ok(await User.GetAsync($"/api/documents/{document}/url"));
        Ok(await User.GetAsync("/api/documents?q=canary-search"));
        Ok(await User.BeginUploadAsync("canary-direct.txt", "text/plain", Notes));
    }

    private async Task ChatAsync(Guid area)
    {
        User.Http.DefaultRequestHeaders.Add("traceparent", Trace(ChatTrace).Value);
        var chat = await User.ChatAsync(new { areaId = area, message = "What does the canary-message want?" });
        User.Http.DefaultRequestHeaders.Remove("traceparent");
        Assert.Equal("done", chat.Events[^1].Type);
        Ids.AddRange([chat.AnswerId, chat.ConversationId]);
    }

    private async Task RefusedAsync()
    {
        RefusalTrace = (await User.PostAsync("/api/tasks", new { canaryProperty = "canary" }, Trace(RefusedTrace))).Body!["traceId"]!.GetValue<string>();
        await User.SendRawAsync(HttpMethod.Post, "/api/tasks", "{ canary");
        await User.SendRawAsync(new HttpMethod("CANARY"), "/api/tasks", "");
        await User.GetAsync("/api/canary-path?canary-query=1");
        await User.GetAsync("/api/tasks?cursor=canary-cursor");
        var stranger = new ApiClient(host.Anonymous(), "");
        await stranger.GetAsync("/api/tasks", ("Authorization", "Bearer canary-token"));
        await stranger.GetAsync("/api/tasks", ("Authorization", $"Bearer {User.Http.DefaultRequestHeaders.Authorization!.Parameter}canary"));
    }

    private async Task<Guid> MakeAsync(string path, object body, params (string Name, string Value)[] headers)
    {
        Ids.Add(Ok(await User.PostAsync(path, body, headers)).Id);
        return Ids[^1];
    }

    private static Answer Ok(Answer answer)
    {
        Assert.True(answer.Status < 300, $"{answer.Status} {answer.Text}");
        return answer;
    }

    private static (string Name, string Value) Trace(string id) => ("traceparent", $"00-{id}-{ClientSpan}-01");
}
