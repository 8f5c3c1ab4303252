using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Tests.Contract;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests;

/// <summary>Who may do what, over every endpoint there is.</summary>
public abstract class AccessTests(HostFixture host)
{
    [Fact]
    public void The_table_names_every_endpoint()
    {
        var served = host.Host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}");

        Assert.Equal(ApiEndpoints.All.Select(endpoint => endpoint.Name).Order(StringComparer.Ordinal), served.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Another_user_gets_404_everywhere_and_changes_nothing()
    {
        var world = await World.CreateAsync(host);
        var eve = await host.NewUserAsync("eve");
        await AdmitBobAsync(world);
        var before = await StateAsync(world);

        foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint.Audience != Audience.Anybody))
        {
            var answer = await endpoint.SendAsync(eve, world);
            Assert.True(answer is { Status: 404, Code: "not-found" }, $"{endpoint} answered {answer.Status} {answer.Text}");
        }

        Assert.Equal(404, (await eve.PutAsync($"/api/spaces/{world.Space}/members/{eve.User}", new { role = "owner" })).Status);
        Assert.Equal(404, (await eve.DeleteAsync($"/api/spaces/{world.Space}/members/{world.Owner.User}")).Status);
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
    public async Task Without_a_valid_token_every_endpoint_answers_401()
    {
        var world = await World.CreateAsync(host);
        using var http = host.Host.Anonymous();
        var nobody = new ApiClient(http, "nobody");
        var valid = await ApiClient.TokenAsync(http, world.Owner.User);

        foreach (var kind in BadTokens.Kinds)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", BadTokens.Create(kind, valid, world.Owner.User));
            foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint.Name != "POST /api/dev/token"))
            {
                var answer = await endpoint.SendAsync(nobody, world);
                Assert.True(answer is { Status: 401, Code: "unauthenticated" } && answer.Headers.ContainsKey("WWW-Authenticate"), $"{endpoint}, {kind}: {answer.Status} {answer.Text}");
            }
        }
    }

    [Fact]
    public async Task A_viewer_reads_and_gets_403_for_every_change()
    {
        var world = await World.CreateAsync(host);
        var viewer = await host.NewUserAsync("viewer");
        await world.Owner.PutAsync($"/api/spaces/{world.Space}/members/{viewer.User}", new { role = "viewer" });
        await AdmitBobAsync(world);
        var before = await StateAsync(world);

        foreach (var endpoint in ApiEndpoints.Behind(Audience.Members))
        {
            var answer = await endpoint.SendAsync(viewer, world);
            var expected = endpoint.IsRead ? 200 : 403;
            Assert.True(answer.Status == expected, $"{endpoint} answered {answer.Status}, not {expected}: {answer.Text}");
        }

        Assert.Equal(403, (await viewer.UploadAsync("v.txt", "text"u8.ToArray(), null, ("spaceId", $"{world.Space}"))).Status);
        Assert.Equal(403, (await viewer.UploadAsync("v.txt", "text"u8.ToArray(), null, ("areaId", $"{world.Area}"))).Status);
        Assert.Equal(403, (await viewer.BeginUploadAsync("v.txt", "text/plain", [1], ("spaceId", world.Space))).Status);
        Assert.Equal(403, (await viewer.PostAsync("/api/pages", new { title = "v", spaceId = world.Space })).Status);
        Assert.Equal(403, (await viewer.PostAsync("/api/pages", new { title = "v", areaId = world.Area })).Status);
        Assert.Equal(before, await StateAsync(world));
    }

    /// <summary>Whom <see cref="ApiEndpoints"/> changes and removes: else there would be nobody, and 404 for everybody.</summary>
    private static async Task AdmitBobAsync(World world)
    {
        Assert.Equal(200, (await world.Owner.PutAsync($"/api/spaces/{world.Space}/members/bob", new { role = "editor" })).Status);
        Assert.Equal(200, (await world.Owner.PutAsync($"/api/areas/{world.Area}/shares/bob", new { role = "editor" })).Status);
    }

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
