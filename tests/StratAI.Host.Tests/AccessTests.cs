using System.Net.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>Who may do what, over every endpoint there is.</summary>
public abstract class AccessTests(HostFixture host)
{
    // What a call to an endpoint looks like when it is aimed at somebody else's things; null where there is nothing of anybody's to aim at.
    private static readonly Dictionary<string, Func<World, (string Path, object? Body)?>> Endpoints = new()
    {
        ["GET /api/me"] = _ => null,
        ["POST /api/dev/token"] = _ => null,
        ["GET /api/system/scaling"] = _ => null,
        ["GET /api/preferences"] = _ => null,
        ["PATCH /api/preferences"] = _ => null,
        ["GET /api/spaces"] = _ => null,
        ["POST /api/spaces"] = _ => null,
        ["GET /api/spaces/{id:guid}"] = w => ($"/api/spaces/{w.Space}", null),
        ["PATCH /api/spaces/{id:guid}"] = w => ($"/api/spaces/{w.Space}", new { name = "Mine" }),
        ["DELETE /api/spaces/{id:guid}"] = w => ($"/api/spaces/{w.Space}", null),
        ["GET /api/spaces/{id:guid}/members"] = w => ($"/api/spaces/{w.Space}/members", null),
        ["PUT /api/spaces/{id:guid}/members/{userId}"] = w => ($"/api/spaces/{w.Space}/members/eve", new { role = "owner" }),
        ["DELETE /api/spaces/{id:guid}/members/{userId}"] = w => ($"/api/spaces/{w.Space}/members/{w.Owner.User}", null),
        ["GET /api/spaces/{spaceId:guid}/areas"] = w => ($"/api/spaces/{w.Space}/areas", null),
        ["POST /api/spaces/{spaceId:guid}/areas"] = w => ($"/api/spaces/{w.Space}/areas", new { name = "Mine" }),
        ["GET /api/areas/{id:guid}"] = w => ($"/api/areas/{w.Area}", null),
        ["PATCH /api/areas/{id:guid}"] = w => ($"/api/areas/{w.Area}", new { name = "Mine" }),
        ["DELETE /api/areas/{id:guid}"] = w => ($"/api/areas/{w.Area}", null),
        ["PUT /api/areas/{id:guid}/shares/{userId}"] = w => ($"/api/areas/{w.Area}/shares/eve", new { role = "editor" }),
        ["DELETE /api/areas/{id:guid}/shares/{userId}"] = w => ($"/api/areas/{w.Area}/shares/eve", null),
        ["GET /api/tasks"] = _ => null,
        ["POST /api/tasks"] = _ => null,
        ["POST /api/tasks/batch"] = _ => null,
        ["GET /api/tasks/{id:guid}"] = w => ($"/api/tasks/{w.Task}", null),
        ["PATCH /api/tasks/{id:guid}"] = w => ($"/api/tasks/{w.Task}", new { title = "Mine" }),
        ["DELETE /api/tasks/{id:guid}"] = w => ($"/api/tasks/{w.Task}", null),
        ["GET /api/documents"] = _ => null,
        ["POST /api/documents"] = _ => null,
        ["POST /api/documents/uploads"] = _ => null,
        ["POST /api/documents/uploads/{uploadId:guid}/complete"] = w => ($"/api/documents/uploads/{w.Upload}/complete", null),
        ["GET /api/documents/{id:guid}"] = w => ($"/api/documents/{w.Document}", null),
        ["PATCH /api/documents/{id:guid}"] = w => ($"/api/documents/{w.Document}", new { filename = "mine.md" }),
        ["DELETE /api/documents/{id:guid}"] = w => ($"/api/documents/{w.Document}", null),
        ["GET /api/documents/{id:guid}/content"] = w => ($"/api/documents/{w.Document}/content", null),
        ["GET /api/documents/{id:guid}/image"] = w => ($"/api/documents/{w.Image}/image?w=320", null),
        ["GET /api/documents/{id:guid}/url"] = w => ($"/api/documents/{w.Document}/url", null),
        ["GET /api/pages"] = _ => null,
        ["POST /api/pages"] = _ => null,
        ["GET /api/pages/{id:guid}"] = w => ($"/api/pages/{w.Page}", null),
        ["PATCH /api/pages/{id:guid}"] = w => ($"/api/pages/{w.Page}", new { title = "Mine" }),
        ["DELETE /api/pages/{id:guid}"] = w => ($"/api/pages/{w.Page}", null),
        ["GET /api/pages/{id:guid}/versions"] = w => ($"/api/pages/{w.Page}/versions", null),
        ["GET /api/pages/{id:guid}/versions/{n:int}"] = w => ($"/api/pages/{w.Page}/versions/1", null),
        ["POST /api/pages/{id:guid}/versions/{n:int}/restore"] = w => ($"/api/pages/{w.Page}/versions/1/restore", null),
        ["GET /api/meetings"] = _ => null,
        ["POST /api/meetings"] = _ => null,
        ["GET /api/meetings/{id:guid}"] = w => ($"/api/meetings/{w.Meeting}", null),
        ["PATCH /api/meetings/{id:guid}"] = w => ($"/api/meetings/{w.Meeting}", new { title = "Mine" }),
        ["DELETE /api/meetings/{id:guid}"] = w => ($"/api/meetings/{w.Meeting}", null),
        ["GET /api/games/scores"] = _ => null,
        ["POST /api/games/scores"] = _ => null,
        ["GET /api/integrations"] = _ => null,
        ["PUT /api/integrations/{service}"] = _ => null,
        ["DELETE /api/integrations/{service}"] = _ => null,
        ["GET /api/integrations/calendar/events"] = _ => null,
        ["GET /api/conversations"] = _ => null,
        ["POST /api/conversations"] = _ => null,
        ["GET /api/conversations/{id:guid}"] = w => ($"/api/conversations/{w.Conversation}", null),
        ["PATCH /api/conversations/{id:guid}"] = w => ($"/api/conversations/{w.Conversation}", new { title = "Mine" }),
        ["DELETE /api/conversations/{id:guid}"] = w => ($"/api/conversations/{w.Conversation}", null),
        ["GET /api/conversations/{id:guid}/messages"] = w => ($"/api/conversations/{w.Conversation}/messages", null),
        ["POST /api/chat"] = w => ("/api/chat", new { conversationId = w.Conversation, message = "Mine?" }),
        ["GET /api/chat/{messageId:guid}/events"] = w => ($"/api/chat/{w.Answer}/events", null),
        ["POST /api/chat/{messageId:guid}/stop"] = w => ($"/api/chat/{w.Answer}/stop", null),
    };

    // What a viewer of a space finds in it; an upload is its sender's alone until it is a document.
    private static readonly string[] Shared = ["/spaces/", "/areas/", "/documents/", "/pages/"];

    [Fact]
    public void The_table_names_every_endpoint()
    {
        var served = host.Host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}");

        Assert.Equal(Endpoints.Keys.Order(StringComparer.Ordinal), served.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Another_user_gets_404_everywhere_and_changes_nothing()
    {
        var world = await World.CreateAsync(host);
        var eve = await host.NewUserAsync("eve");
        var before = await StateAsync(world);

        foreach (var (name, call) in Endpoints)
        {
            if (call(world) is not var (path, body) || path is null)
            {
                continue;
            }

            var answer = await SendAsync(eve, name, path, body);
            Assert.True(answer is { Status: 404, Code: "not-found" }, $"{name} answered {answer.Status} {answer.Text}");
        }

        Assert.Equal(before, await StateAsync(world));
    }

    [Fact]
    public async Task Lists_hold_nothing_of_another_user()
    {
        await World.CreateAsync(host);
        var eve = await host.NewUserAsync("eve");

        foreach (var path in new[] { "/api/spaces", "/api/tasks", "/api/documents", "/api/pages", "/api/meetings", "/api/conversations", "/api/conversations?q=tomatoes", "/api/documents?q=tomatoes" })
        {
            var answer = await eve.GetAsync(path);
            Assert.True(answer.Status == 200 && answer.Body!["data"]!.AsArray().Count == 0, $"{path}: {answer.Text}");
        }
    }

    [Fact]
    public async Task Without_a_token_every_endpoint_answers_401()
    {
        var world = await World.CreateAsync(host);
        using var http = host.Host.Anonymous();
        var nobody = new ApiClient(http, "nobody");

        foreach (var (name, call) in Endpoints.Where(endpoint => endpoint.Key != "POST /api/dev/token"))
        {
            var (path, body) = call(world) ?? (name.Split(' ')[1], null);
            var answer = await SendAsync(nobody, name, path, body);
            Assert.True(answer is { Status: 401, Code: "unauthenticated" } && answer.Headers.ContainsKey("WWW-Authenticate"), $"{name} answered {answer.Status} {answer.Text}");
        }
    }

    [Fact]
    public async Task A_viewer_reads_and_gets_403_for_every_change()
    {
        var world = await World.CreateAsync(host);
        var viewer = await host.NewUserAsync("viewer");
        await world.Owner.PutAsync($"/api/spaces/{world.Space}/members/{viewer.User}", new { role = "viewer" });
        var before = await StateAsync(world);

        foreach (var (name, call) in Endpoints.Where(endpoint => Shared.Any(endpoint.Key.Contains) && !endpoint.Key.Contains("/uploads", StringComparison.Ordinal)))
        {
            var (path, body) = call(world)!.Value;
            var answer = await SendAsync(viewer, name, path, body);
            var expected = name.StartsWith("GET", StringComparison.Ordinal) ? 200 : 403;
            Assert.True(answer.Status == expected, $"{name} answered {answer.Status}, not {expected}: {answer.Text}");
        }

        Assert.Equal(403, (await viewer.UploadAsync("v.txt", "text"u8.ToArray(), null, ("spaceId", $"{world.Space}"))).Status);
        Assert.Equal(403, (await viewer.UploadAsync("v.txt", "text"u8.ToArray(), null, ("areaId", $"{world.Area}"))).Status);
        Assert.Equal(403, (await viewer.BeginUploadAsync("v.txt", "text/plain", [1], ("spaceId", world.Space))).Status);
        Assert.Equal(403, (await viewer.PostAsync("/api/pages", new { title = "v", spaceId = world.Space })).Status);
        Assert.Equal(403, (await viewer.PostAsync("/api/pages", new { title = "v", areaId = world.Area })).Status);
        Assert.Equal(before, await StateAsync(world));
    }

    private static Task<Answer> SendAsync(ApiClient client, string name, string path, object? body) =>
        client.SendAsync(new HttpMethod(name.Split(' ')[0]), path, body is null ? null : JsonContent.Create(body));

    private static async Task<string> StateAsync(World world)
    {
        var parts = new List<string>();
        foreach (var path in new[]
        {
            $"spaces/{world.Space}", $"spaces/{world.Space}/members", $"spaces/{world.Space}/areas", $"areas/{world.Area}", $"tasks/{world.Task}", "documents",
            $"documents/{world.Document}/content", "pages", $"pages/{world.Page}/versions", $"meetings/{world.Meeting}", $"conversations/{world.Conversation}", $"conversations/{world.Conversation}/messages",
        })
        {
            var answer = await world.Owner.GetAsync("/api/" + path);
            Assert.Equal(200, answer.Status);
            parts.Add(answer.Body?["data"]?.ToJsonString() ?? answer.Text);
        }

        return string.Join('\n', parts);
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : AccessTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : AccessTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : AccessTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : AccessTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : AccessTests(host);
}
