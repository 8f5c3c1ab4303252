using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Contract;

/// <summary>Conditional requests (RFC 9110, section 13) and HEAD, over every endpoint there is.</summary>
public abstract class ConditionalTests(HostFixture host)
{
    private const string Another = "\"another\"";

    [Fact]
    public async Task Every_resource_has_a_strong_tag_that_is_the_same_everywhere()
    {
        var world = await World.CreateBusyAsync(host);
        await world.Owner.PutAsync("/api/integrations/calendar", world.Calendar.Body());
        var elsewhere = await host.Other.SignInAsync(world.Owner.User);
        foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint is { IsRead: true, IsNoResource: false }))
        {
            var path = endpoint.Path(world);
            var first = await world.Owner.GetAsync(path);
            Assert.True(first.Status == 200, $"{endpoint} answered {first.Status} {first.Text}");
            Assert.Contains("Authorization", first.Headers["Vary"], StringComparison.Ordinal);
            if (first.Body?["data"] is not null)
            {
                Assert.Contains("rel=\"first\"", first.Headers["Link"], StringComparison.Ordinal);
                continue;
            }

            Assert.True(first.Headers.GetValueOrDefault("ETag") is ['"', ..], $"{endpoint} has the tag {first.Headers.GetValueOrDefault("ETag")}");
            var second = await elsewhere.GetAsync(path);
            Assert.Equal((first.ETag, first.Text), (second.ETag, second.Text));
            foreach (var known in new[] { first.ETag, $"W/{first.ETag}", $"{Another}, {first.ETag}", "*" })
            {
                var answer = await elsewhere.GetAsync(path, ("If-None-Match", known));
                Assert.True(answer is { Status: 304, Bytes.Length: 0 }, $"{endpoint} answered {answer.Status} to {known}");
                Assert.Equal((first.ETag, endpoint.CacheControl, first.Headers["Vary"]), (answer.ETag, answer.Headers["Cache-Control"], answer.Headers["Vary"]));
                Assert.True(answer.Headers.ContainsKey("Date"));
                Assert.False(answer.Headers.ContainsKey("Content-Type"));
            }

            Assert.Equal(200, (await elsewhere.GetAsync(path, ("If-None-Match", $"{Another}, W/{Another}"))).Status);
            Assert.Equal(200, (await elsewhere.GetAsync(path, ("If-None-Match", "no tag"))).Status);
            Assert.Equal((412, "precondition-failed"), (await elsewhere.GetAsync(path, ("If-Match", Another))) is var failed ? (failed.Status, failed.Code) : default);
        }
    }

    [Fact]
    public async Task A_head_is_answered_as_its_get_without_a_body()
    {
        var world = await World.CreateBusyAsync(host);
        await world.Owner.PutAsync("/api/integrations/calendar", world.Calendar.Body());
        foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint.IsRead))
        {
            var path = endpoint.Path(world);
            var head = await world.Owner.SendAsync(HttpMethod.Head, path, null);
            if (endpoint.Name == "GET /api/chat/{messageId:guid}/events")
            {
                Assert.Equal(405, head.Status);
                continue;
            }

            var get = await world.Owner.GetAsync(path);
            Assert.True(head.Status == 200 && head.Bytes.Length == 0, $"{endpoint} answered {head.Status}");
            foreach (var header in new[] { "ETag", "Cache-Control", "Content-Type", "Vary", "Link" })
            {
                Assert.Equal(get.Headers.GetValueOrDefault(header), head.Headers.GetValueOrDefault(header));
            }

            Assert.True(!get.Headers.TryGetValue("ETag", out _) || head.Headers["Content-Length"] == $"{get.Bytes.Length}", $"{endpoint} is not as long");
        }

        Assert.Equal(404, (await world.Owner.SendAsync(HttpMethod.Head, $"/api/tasks/{Guid.NewGuid()}", null)).Status);
        Assert.Equal(405, (await world.Owner.SendAsync(HttpMethod.Head, "/api/tasks/batch", null)).Status);
    }

    [Fact]
    public async Task A_change_meant_for_another_state_is_412_and_changes_nothing()
    {
        var world = await World.CreateBusyAsync(host);
        await world.Owner.PutAsync("/api/integrations/calendar", world.Calendar.Body());
        await world.Owner.PutAsync($"/api/spaces/{world.Space}/members/bob", new { role = "editor" });
        await world.Owner.PutAsync($"/api/areas/{world.Area}/shares/bob", new { role = "editor" });
        foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint.Method.Method is "PATCH" or "PUT" or "DELETE"))
        {
            var stale = await endpoint.SendAsync(world.Owner, world, ("If-Match", Another));
            Assert.True(stale is { Status: 412, Code: "precondition-failed" }, $"{endpoint} answered {stale.Status} {stale.Text}");
            var weak = await endpoint.SendAsync(world.Owner, world, ("If-Match", $"W/{Another}"));
            Assert.True(weak.Status == 412, $"{endpoint} answered {weak.Status} {weak.Text}");
            var exists = await endpoint.SendAsync(world.Owner, world, ("If-Match", "*"), ("If-None-Match", "*"));
            Assert.True(exists.Status == 412, $"{endpoint} answered {exists.Status} {exists.Text}");
        }

        Assert.Equal(412, (await world.Owner.PutAsync($"/api/spaces/{world.Space}/members/eve", new { role = "viewer" }, ("If-Match", "*"))).Status);
        Assert.Equal(412, (await world.Owner.PutAsync($"/api/areas/{world.Area}/shares/eve", new { role = "viewer" }, ("If-Match", "*"))).Status);
        foreach (var endpoint in ApiEndpoints.All.Where(endpoint => endpoint.Method.Method is "PATCH" or "PUT" or "DELETE"))
        {
            var path = endpoint.Path(world);
            var known = await world.Owner.GetAsync(path) is { Status: 200 } read ? read.ETag : "*";
            var changed = await endpoint.SendAsync(world.Owner, world, ("If-Match", $"{Another}, {known}"));
            Assert.True(changed.Status is 200 or 204, $"{endpoint} answered {changed.Status} {changed.Text}");
            Assert.True(changed.Status == 204 || changed.ETag != known, $"{endpoint} changed nothing");
        }
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ConditionalTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ConditionalTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : ConditionalTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : ConditionalTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : ConditionalTests(host);
}
