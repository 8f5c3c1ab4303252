using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;
using StratAI.Host.Http;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Contract;

/// <summary><c>Idempotency-Key</c>, over every endpoint that creates something.</summary>
public abstract class IdempotencyTests(HostFixture host)
{
    private static readonly string[] Repeated = ["Location", "ETag", "Content-Type", "Cache-Control", "Vary"];

    private static IEnumerable<ApiEndpoint> Creating => ApiEndpoints.All.Where(endpoint => endpoint.Creates);

    [Fact]
    public async Task The_same_request_is_answered_again_on_every_instance_and_made_once()
    {
        var world = await World.CreateBusyAsync(host);
        var elsewhere = await host.Other.SignInAsync(world.Owner.User);
        foreach (var endpoint in Creating)
        {
            var key = NewKey();
            var before = await CountAsync(world, endpoint);
            var first = await endpoint.SendAsync(world.Owner, world, key);
            Assert.True(first.Status == 201 && !first.Headers.ContainsKey("Idempotency-Replayed"), $"{endpoint} answered {first.Status} {first.Text}");

            foreach (var client in new[] { elsewhere, world.Owner })
            {
                var again = await endpoint.SendAsync(client, world, key);
                Assert.True(again.Headers.GetValueOrDefault("Idempotency-Replayed") == "true", $"{endpoint} answered {again.Status} {again.Text}");
                Assert.Equal((first.Status, first.Text), (again.Status, again.Text));
                Assert.All(Repeated, header => Assert.Equal(first.Headers[header], again.Headers[header]));
            }

            Assert.Equal(before + 1, await CountAsync(world, endpoint));
            var other = await endpoint.SendAsync(elsewhere, world, Another(endpoint, world), key);
            Assert.True(other is { Status: 422, Code: "idempotency-mismatch" }, $"{endpoint} answered {other.Status} {other.Text}");
            Assert.Equal(before + 1, await CountAsync(world, endpoint));
        }
    }

    [Fact]
    public async Task Of_two_at_once_on_two_instances_one_makes_it()
    {
        var world = await World.CreateBusyAsync(host);
        var elsewhere = await host.Other.SignInAsync(world.Owner.User);
        foreach (var endpoint in Creating)
        {
            var key = NewKey();
            var before = await CountAsync(world, endpoint);
            var answers = await Task.WhenAll(new[] { world.Owner, elsewhere, world.Owner, elsewhere }.Select(client => endpoint.SendAsync(client, world, key)));

            Assert.All(answers, answer => Assert.True(answer.Status == 201 || (answer is { Status: 409, Code: "idempotency-in-progress" } && answer.Headers["Retry-After"] == "1"), $"{endpoint} answered {answer.Status} {answer.Text}"));
            Assert.Single(answers.Where(answer => answer.Status == 201).Select(answer => answer.Text).Distinct());
            Assert.Equal(before + 1, await CountAsync(world, endpoint));
        }
    }

    [Fact]
    public async Task A_refused_request_leaves_the_key_free()
    {
        var world = await World.CreateBusyAsync(host);
        foreach (var endpoint in Creating.Where(endpoint => endpoint.Body is not null || endpoint.File is not null))
        {
            var key = NewKey();
            var refused = await endpoint.SendAsync(world.Owner, world, endpoint.File is null ? ApiEndpoint.Raw("{") : ApiEndpoint.Form(endpoint.File, "a/b"), key);
            Assert.True(refused.Status == 400, $"{endpoint} answered {refused.Status} {refused.Text}");
            var made = await endpoint.SendAsync(world.Owner, world, key);
            Assert.True(made.Status == 201 && !made.Headers.ContainsKey("Idempotency-Replayed"), $"{endpoint} answered {made.Status} {made.Text}");
        }
    }

    [Fact]
    public async Task A_key_is_of_1_to_255_visible_ascii_characters_and_one()
    {
        var world = await World.CreateBusyAsync(host);
        foreach (var endpoint in Creating)
        {
            foreach (var bad in new[] { "", " ", "a b", new string('k', 256) })
            {
                var answer = await endpoint.SendAsync(world.Owner, world, ("Idempotency-Key", bad));
                Assert.True(answer is { Status: 400, Code: "invalid-idempotency-key" }, $"{endpoint} answered {answer.Status} {answer.Text} to '{bad}'");
            }

            Assert.Equal("invalid-idempotency-key", (await endpoint.SendAsync(world.Owner, world, NewKey(), NewKey())).Code);
        }

        var longest = ("Idempotency-Key", new string('~', 254) + "!");
        Assert.Equal(201, (await world.Owner.PostAsync("/api/tasks", new { title = "Longest" }, longest)).Status);
        Assert.Equal("true", (await world.Owner.PostAsync("/api/tasks", new { title = "Longest" }, longest)).Headers["Idempotency-Replayed"]);
    }

    [Fact]
    public async Task A_key_is_its_users_and_is_kept_for_a_day()
    {
        var (user, other) = (await host.NewUserAsync(), await host.NewUserAsync("other"));
        var key = NewKey();
        var first = await user.PostAsync("/api/tasks", new { title = "Once" }, key);
        Assert.NotEqual(first.Id, (await other.PostAsync("/api/tasks", new { title = "Once" }, key)).Id);

        await AgeAsync(TimeSpan.FromHours(23.9));
        Assert.Equal(first.Id, (await user.PostAsync("/api/tasks", new { title = "Once" }, key)).Id);
        await AgeAsync(TimeSpan.FromHours(24.1));
        var anew = await user.PostAsync("/api/tasks", new { title = "Another day" }, key);
        Assert.Equal(201, anew.Status);
        Assert.NotEqual(first.Id, anew.Id);

        await AgeAsync(TimeSpan.FromHours(24.1));
        await host.Host.Services.GetRequiredService<IdempotencyStore>().SweepAsync(default);
        Assert.Equal(0, await Database.FindAsync<int>("SELECT count(*) FROM idempotency_keys WHERE user_id = @user", new { user = user.User }, default));

        Task AgeAsync(TimeSpan age) => Database.ExecuteAsync(
            "UPDATE idempotency_keys SET created_at = @at WHERE user_id = @user", new { at = DateTimeOffset.UtcNow.ToMicroseconds() - age, user = user.User }, default);
    }

    [Fact]
    public async Task An_upload_is_known_again_by_what_is_in_it()
    {
        var world = await World.CreateBusyAsync(host);
        var user = world.Owner;
        var key = NewKey();
        (string, string) space = ("spaceId", $"{world.Space}"), area = ("areaId", $"{world.Area}");
        var first = await SendAsync(ApiEndpoint.Form("# One", "a.md", space, area));
        Assert.Equal(201, first.Status);

        // Each form has boundaries of its own.
        Assert.Equal(first.Text, (await SendAsync(ApiEndpoint.Form("# One", "a.md", area, space))).Text);
        foreach (var other in new[]
        {
            ApiEndpoint.Form("# Two", "a.md", space, area), ApiEndpoint.Form("# One", "b.md", space, area), ApiEndpoint.Form("# One", "a.md", space), ApiEndpoint.Form("# One", "a/b", space, area),
        })
        {
            Assert.Equal("idempotency-mismatch", (await SendAsync(other)).Code);
        }

        Assert.Equal("idempotency-mismatch", (await SendAsync(ApiEndpoint.Raw("{}"))).Code);
        Assert.Equal("idempotency-mismatch", (await SendAsync(ApiEndpoint.Raw("no form", "multipart/form-data; boundary=b"))).Code);
        Assert.Equal("idempotency-mismatch", (await user.PostAsync("/api/tasks", new { title = "No document" }, key)).Code);

        // What was answered stays the answer, whatever has become of it.
        await user.DeleteAsync($"/api/spaces/{world.Space}");
        Assert.Equal(first.Text, (await SendAsync(ApiEndpoint.Form("# One", "a.md", space, area))).Text);

        Task<Answer> SendAsync(HttpContent form) => user.SendAsync(HttpMethod.Post, "/api/documents", form, key);
    }

    private AppDatabase Database => host.Host.Services.GetRequiredService<AppDatabase>();

    private static (string, string) NewKey() => ("Idempotency-Key", $"{Guid.NewGuid()}");

    private static HttpContent Another(ApiEndpoint endpoint, World world) =>
        endpoint.File is not null ? ApiEndpoint.Form(endpoint.File + "!") : ApiEndpoint.Raw(endpoint.Body is null ? "{}" : endpoint.Json(world).ToJsonString() + " ");

    /// <summary>How many there are of what the endpoint creates.</summary>
    private async Task<int> CountAsync(World world, ApiEndpoint endpoint) => endpoint.SeenBy(world) is [var list, ..]
        ? (await world.Owner.GetAsync(list)).Body!["pagination"]!["total"]!.GetValue<int>()
        : await Database.FindAsync<int>("SELECT count(*) FROM direct_uploads WHERE user_id = @user", new { user = world.Owner.User }, default);

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : IdempotencyTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : IdempotencyTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : IdempotencyTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : IdempotencyTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : IdempotencyTests(host);
}
