using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>What tools have read is answered from the cache, until something changes it: over every tool, and every endpoint that changes what it reads.</summary>
public abstract class ToolCacheTests(HostFixture host) : IAsyncLifetime
{
    private const string Tasks = "list_tasks {}";
    private const string Meetings = "list_meetings {}";
    private const string Calendar = """calendar_events {"from":"2026-12-01T00:00:00Z","to":"2026-12-02T00:00:00Z"}""";
    private const string Documents = """search_documents {"query":"tomatoes"}""";

    // In an order in which each finds what those before it have left.
    private static readonly (string Change, string Tool, bool IsOwn, Func<ToolScene, Task> Apply)[] Changes =
    [
        ("POST /api/tasks", Tasks, true, async s => s.Task = await s.Ada.CreateAsync("/api/tasks", new { title = "One" })),
        ("POST /api/tasks/batch", Tasks, true, s => s.Ada.PostAsync("/api/tasks/batch", new { tasks = new[] { new { title = "Two" } } })),
        ("PATCH /api/tasks/{id}", Tasks, true, s => s.Ada.PatchAsync($"/api/tasks/{s.Task}", new { status = "done" })),
        ("DELETE /api/tasks/{id}", Tasks, true, s => s.Ada.DeleteAsync($"/api/tasks/{s.Task}")),
        ("create_task", Tasks, true, s => s.Ada.ChatAsync(new { message = """create_task {"title":"Three"}""" })),
        ("POST /api/meetings", Meetings, true, async s => s.Meeting = await s.Ada.CreateAsync("/api/meetings", Meeting("2036-12-01"))),
        ("PATCH /api/meetings/{id}", Meetings, true, s => s.Ada.PatchAsync($"/api/meetings/{s.Meeting}", new { title = "Later" })),
        ("DELETE /api/meetings/{id}", Meetings, true, s => s.Ada.DeleteAsync($"/api/meetings/{s.Meeting}")),
        ("PUT /api/integrations/{service}", Calendar, true, s => s.Ada.PutAsync("/api/integrations/calendar", s.Account.Body())),
        ("DELETE /api/integrations/{service}", Calendar, true, s => s.Ada.DeleteAsync("/api/integrations/calendar")),
        ("POST /api/documents", Documents, true, async s => s.Document = (await ToolScene.UploadAsync(s.Ada)).Id),
        ("PATCH /api/documents/{id}", Documents, true, s => s.Ada.PatchAsync($"/api/documents/{s.Document}", new { filename = "other.md" })),
        ("DELETE /api/documents/{id}", Documents, true, s => s.Ada.DeleteAsync($"/api/documents/{s.Document}")),
        ("POST /api/documents/uploads/{id}/complete", Documents, true, s => s.UploadDirectlyAsync()),
        ("POST /api/documents in a space", Documents, false, async s => s.Document = (await ToolScene.UploadAsync(s.Ben, ("spaceId", $"{s.Space}"))).Id),
        ("PATCH /api/documents/{id} in a space", Documents, false, s => s.Ben.PatchAsync($"/api/documents/{s.Document}", new { filename = "other.md" })),
        ("PATCH /api/documents/{id} into an area", Documents, false, s => s.Ben.PatchAsync($"/api/documents/{s.Document}", new { areaId = s.Area })),
        ("DELETE /api/documents/{id} in a space", Documents, false, s => s.Ben.DeleteAsync($"/api/documents/{s.Document}")),
        ("PUT /api/areas/{id}/shares/{userId}", Documents, false, s => s.Ben.PutAsync($"/api/areas/{s.SharedArea}/shares/{s.Ada.User}", new { role = "viewer" })),
        ("POST /api/documents in a shared area", Documents, false, s => ToolScene.UploadAsync(s.Ben, ("areaId", $"{s.SharedArea}"))),
        ("DELETE /api/areas/{id}/shares/{userId}", Documents, false, s => s.Ben.DeleteAsync($"/api/areas/{s.SharedArea}/shares/{s.Ada.User}")),
        ("PUT /api/spaces/{id}/members/{userId}", Documents, false, s => s.Ben.PutAsync($"/api/spaces/{s.OtherSpace}/members/{s.Ada.User}", new { role = "viewer" })),
        ("PUT /api/spaces/{id}/members/{userId} again", Documents, false, s => s.Ben.PutAsync($"/api/spaces/{s.OtherSpace}/members/{s.Ada.User}", new { role = "editor" })),
        ("DELETE /api/spaces/{id}/members/{userId}", Documents, false, s => s.Ben.DeleteAsync($"/api/spaces/{s.OtherSpace}/members/{s.Ada.User}")),
        ("POST /api/spaces", Documents, true, async s => s.OwnSpace = await s.Ada.CreateAsync("/api/spaces", new { name = "Mine" })),
        ("POST /api/documents in the new space", Documents, false, async s =>
        {
            await s.Ada.PutAsync($"/api/spaces/{s.OwnSpace}/members/{s.Ben.User}", new { role = "editor" });
            Assert.Equal(201, (await ToolScene.UploadAsync(s.Ben, ("spaceId", $"{s.OwnSpace}"))).Status);
        }),
        ("DELETE /api/areas/{id}", Documents, false, s => s.Ben.DeleteAsync($"/api/areas/{s.Area}")),
        ("DELETE /api/spaces/{id}", Documents, false, s => s.Ben.DeleteAsync($"/api/spaces/{s.Space}")),
    ];

    private readonly CallingModel _model = new();
    private HostInstance _here = null!;
    private HostInstance _there = null!;

    public Task InitializeAsync()
    {
        var settings = host.SettingsApart(("Limits:Policies:chat:PermitLimit", "10000"));
        _here = new(settings, _model.Use);
        _there = host.IsDistributed ? new(settings, _model.Use) : _here;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _there.DisposeAsync();
        await _here.DisposeAsync();
    }

    [Fact]
    public async Task What_a_tool_has_read_is_dropped_when_it_changes_and_nobody_elses()
    {
        var scene = await ToolScene.CreateAsync(host, _here);
        var elsewhere = await _there.SignInAsync(scene.Ada.User);
        foreach (var (change, tool, isOwn, apply) in Changes)
        {
            await CallAsync(_here, scene.Ada, tool);
            foreach (var user in new[] { scene.Ada, scene.Eve })
            {
                await Eventually.TrueAsync(() => CallAsync(_there, user, tool));
            }

            await apply(scene);
            if (isOwn)
            {
                // At once, wherever they ask.
                var events = (await elsewhere.ChatAsync(new { message = tool })).ToolEvents();
                Assert.False(events.Last().EndsWith(" cached", StringComparison.Ordinal), $"After {change} the old result was served.");
            }
            else
            {
                var dropped = false;
                await Eventually.TrueAsync(async () => dropped = dropped || !await CallAsync(_there, scene.Ada, tool));
            }

            Assert.True(await CallAsync(_there, scene.Eve, tool), $"{change} dropped another user's result.");
        }
    }

    [Fact]
    public async Task The_same_question_is_answered_from_the_cache_and_another_one_is_not()
    {
        var user = await _here.SignInAsync($"ada-{Guid.NewGuid():N}");
        var chat = await user.ChatAsync(new { message = "list_tasks {}\nlist_tasks { }\nlist_tasks {\"status\":null}\nlist_tasks {\"status\":[\"done\"]}" });
        Assert.Equal(
            ["list_tasks completed", "list_tasks completed cached", "list_tasks completed cached", "list_tasks completed"],
            chat.ToolEvents().Where(item => item.Contains("completed", StringComparison.Ordinal)));
        var other = await _there.SignInAsync($"eve-{Guid.NewGuid():N}");
        Assert.Equal("list_tasks completed", (await other.ChatAsync(new { message = "list_tasks {}" })).ToolEvents().Last());
    }

    [Fact]
    public async Task Results_are_kept_for_an_hour_and_failures_not_at_all()
    {
        var user = await _here.SignInAsync($"ada-{Guid.NewGuid():N}");
        Assert.Equal("calendar_events failed", (await user.ChatAsync(new { message = Calendar })).ToolEvents().Last());
        Assert.Equal("calendar_events failed", (await user.ChatAsync(new { message = Calendar })).ToolEvents().Last());
        var options = _here.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<StratAI.Caching.CachingOptions>>().Value;
        Assert.Equal(TimeSpan.FromHours(1), options.Profiles["tools"].Expiration);
    }

    private static object Meeting(string day) => new { title = "Planting", startsAt = $"{day}T10:00:00Z", endsAt = $"{day}T11:00:00Z" };

    /// <summary>Calls a tool on an instance for a user; whether it was answered from the cache.</summary>
    private static async Task<bool> CallAsync(HostInstance instance, ApiClient user, string call)
    {
        var parts = call.Split(' ', 2);
        var tool = instance.Services.GetServices<ChatTool>().Single(tool => tool.Name == parts[0]);
        return (await tool.RunAsync(new(user.User, Guid.Empty, "", default), JsonNode.Parse(parts[1])!.AsObject(), default)).IsCached;
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ToolCacheTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ToolCacheTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : ToolCacheTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : ToolCacheTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : ToolCacheTests(host);
}
