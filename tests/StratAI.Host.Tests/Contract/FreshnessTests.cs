using System.Net;
using StackExchange.Redis;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;
using StratAI.Testing.Redis;
using Eventually = StratAI.Host.Tests.Infrastructure.Eventually;

namespace StratAI.Host.Tests.Contract;

/// <summary>Who sees a change, and when, whatever instances hold in their caches.</summary>
public abstract class FreshnessTests(HostFixture host)
{
    [Fact]
    public async Task The_callers_next_read_on_another_instance_sees_every_change()
    {
        var world = await World.CreateBusyAsync(host);
        ApiClient[] instances = [world.Owner, await host.Other.SignInAsync(world.Owner.User)];
        foreach (var (i, endpoint) in ApiEndpoints.All.Index())
        {
            var (here, there) = (instances[i % 2], instances[1 - (i % 2)]);
            var paths = endpoint.SeenBy(world);
            Assert.True(paths.Length > 0 || endpoint.IsRead || IsSeenByNobody(endpoint.Name), $"{endpoint} changes something that can be read.");
            var before = new List<Answer>();
            foreach (var path in paths)
            {
                // Twice: what is cached on the first read is read from the cache by the second.
                await here.GetAsync(path);
                await here.GetAsync(path);
                await there.GetAsync(path);
                before.Add(await there.GetAsync(path));
            }

            var answer = await endpoint.SendAsync(here, world);
            Assert.True(answer.Status is >= 200 and < 300, $"{endpoint} answered {answer.Status} {answer.Text}");
            foreach (var (old, path) in before.Zip(paths))
            {
                var conditional = await there.GetAsync(path, ("If-None-Match", old.Headers.GetValueOrDefault("ETag", "\"none\"")));
                Assert.True(What(conditional) != What(old), $"After {endpoint}, {path} answered {conditional.Status} {conditional.Text}");
                Assert.Equal(What(conditional), What(await here.GetAsync(path)));
            }
        }
    }

    [Fact]
    public async Task Another_user_sees_a_change_within_the_bound_on_every_instance()
    {
        var world = await World.CreateBusyAsync(host);
        var member = await host.Other.SignInAsync(HostFixture.WaitingUser);
        var share = $"/api/areas/{world.Area}/shares/{member.User}";
        var role = $"/api/spaces/{world.Space}/members/{member.User}";

        await Sees(404, $"/api/areas/{world.Area}", () => world.Owner.PutAsync(share, new { role = "viewer" }), 200);
        await Sees(404, $"/api/spaces/{world.Space}", () => world.Owner.PutAsync(role, new { role = "editor" }), 200);
        await Sees(200, $"/api/areas/{world.Area}", () => world.Owner.PatchAsync($"/api/areas/{world.Area}", new { name = "Orchard" }), 200, "Orchard");
        await Sees(200, $"/api/spaces/{world.Space}", () => world.Owner.PatchAsync($"/api/spaces/{world.Space}", new { name = "Home" }), 200, "Home");
        await Sees(200, $"/api/spaces/{world.Space}", () => world.Owner.PutAsync(role, new { role = "viewer" }), 200, "viewer");
        await Sees(200, "/api/games/scores?game=bound", () => world.Owner.PostAsync("/api/games/scores", new { game = "bound", score = 7 }), 200, "\"score\":7");
        await Sees(200, $"/api/spaces/{world.Space}", () => world.Owner.DeleteAsync(role), 404);
        await Sees(200, $"/api/areas/{world.Area}", () => world.Owner.DeleteAsync(share), 404);

        async Task Sees(int before, string path, Func<Task<Answer>> change, int after, string text = "")
        {
            await member.GetAsync(path);
            Assert.Equal(before, (await member.GetAsync(path)).Status);
            Assert.InRange((await change()).Status, 200, 299);
            await Eventually.TrueAsync(async () => await member.GetAsync(path) is var answer && answer.Status == after && answer.Text.Contains(text, StringComparison.Ordinal));
        }
    }

    // Shares have no list, an upload is read by nobody before it is a document, and an answer that has ended is not changed by a stop.
    private static bool IsSeenByNobody(string name) =>
        name is "POST /api/dev/token" or "POST /api/documents/uploads" or "POST /api/chat/{messageId:guid}/stop" || name.Contains("/shares/", StringComparison.Ordinal);

    private static string What(Answer answer) => $"{answer.Status} {(answer.Body?["data"] ?? answer.Body?["code"] ?? answer.Body)?.ToJsonString() ?? answer.Text}";

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : FreshnessTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : FreshnessTests(host)
    {
        private readonly DistributedHost _host = host;

        [Fact]
        public async Task The_callers_next_read_sees_a_change_that_its_instance_has_not_heard_of()
        {
            var server = (IPEndPoint)ConfigurationOptions.Parse(TestServers.Redis).EndPoints[0];
            await using var redis = new TcpProxy($"{server}");
            var settings = new Dictionary<string, string>(_host.Settings) { ["Limits:RedisTimeout"] = "00:00:00.2" };
            settings["ConnectionStrings:Redis"] = settings["ConnectionStrings:Redis"].Replace($"{server}", redis.Endpoint, StringComparison.Ordinal);
            await using var deaf = new HostInstance(settings);
            var user = await _host.NewUserAsync();
            var there = await deaf.SignInAsync(user.User);
            await there.GetAsync("/api/preferences");
            Assert.Equal("system", (await there.GetAsync("/api/preferences")).Body!["theme"]!.GetValue<string>());

            redis.Stall();
            await user.PatchAsync("/api/preferences", new { theme = "dark" });
            var read = await there.GetAsync("/api/preferences");
            redis.Restore();

            Assert.Equal("dark", read.Body!["theme"]!.GetValue<string>());
        }
    }

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : FreshnessTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : FreshnessTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : FreshnessTests(host);
}
