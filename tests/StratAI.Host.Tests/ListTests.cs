using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Pagination;
using StratAI.Testing;

namespace StratAI.Host.Tests;

/// <summary>Every list of the API, in every order that it allows: walked there and back, and as a snapshot.</summary>
public abstract class ListTests(HostFixture host)
{
    public static TheoryData<string, string[]> Lists => new()
    {
        { "areas", ["createdAt", "name"] },
        { "conversations", ["createdAt", "lastMessageAt"] },
        { "documents", ["createdAt", "filename", "size"] },
        { "meetings", ["createdAt", "startsAt", "title"] },
        { "members", ["createdAt"] },
        { "messages", ["createdAt"] },
        { "pages", ["createdAt", "title", "updatedAt"] },
        { "scores", ["achievedAt", "score"] },
        { "spaces", ["createdAt", "name"] },
        { "tasks", ["createdAt", "dueDate", "priority", "title", "updatedAt", "priority,-dueDate", "-dueDate,title"] },
        { "versions", ["version"] },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_is_walked_there_and_back_in_every_order(string list, string[] sorts)
    {
        var user = await host.NewUserAsync();
        var (path, label) = await MakeAsync(user, list);
        var orders = new JsonObject();
        foreach (var sort in sorts.SelectMany(sort => new[] { sort, Reversed(sort) }).Prepend(""))
        {
            // The whole of it in one page is the oracle of its walk in many.
            var whole = await ReadAsync(user, path, new PageRequest { Limit = 100, Sort = sort.Length == 0 ? null : sort });
            orders[sort.Length == 0 ? "default" : sort] = new JsonArray([.. whole.Data.Select(row => row[label]?.DeepClone())]);
            await PageWalk.CheckAsync(
                (request, _) => ReadAsync(user, path, request), IdOf, _ => Task.FromResult<IReadOnlyCollection<string>>([.. whole.Data.Select(IdOf)]),
                new PageWalkOptions { Limit = 2, Sort = sort.Length == 0 ? null : sort });
        }

        var scrubber = new Scrubber();
        var first = await user.GetAsync(With(path, "limit=1"));
        await Verifier.Verify(new
        {
            orders,
            first = scrubber.Show(first),
            next = scrubber.Show(await user.GetAsync(With(path, $"limit=1&count=capped&cursor={first.Body!["pagination"]!["nextCursor"]}"))),
            unknownSort = scrubber.Show(await user.GetAsync(With(path, "sort=secret"))),
        }).UseMethodName($"Every_order_of_{list}");
    }

    [Fact]
    public async Task An_estimated_count_says_that_it_is_one()
    {
        var user = await host.NewUserAsync();
        for (var i = 0; i < 3; i++)
        {
            await user.CreateAsync("/api/tasks", new { title = $"Task {i}" });
        }

        // The first page shows that there are more, and no more.
        var page = (await user.GetAsync("/api/tasks?limit=2&count=estimated")).Body!["pagination"]!;
        Assert.True(page["total"]!.GetValue<long>() >= 3);
        Assert.Equal(host.IsDistributed ? "estimated" : null, page["totalPrecision"]?.GetValue<string>());

        // The last one knows.
        var last = (await user.GetAsync("/api/tasks?limit=2&offset=2&count=estimated")).Body!["pagination"]!;
        Assert.Equal((3, null), (last["total"]!.GetValue<long>(), last["totalPrecision"]?.GetValue<string>()));
    }

    private static async Task<(string Path, string Label)> MakeAsync(ApiClient user, string list)
    {
        switch (list)
        {
            case "areas":
                var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
                return ($"/api/spaces/{space}/areas", await CreateAllAsync(user, $"/api/spaces/{space}/areas", "name", "Garden", "attic", "Attic", "Ärea", "garden"));
            case "conversations":
                var label = await CreateAllAsync(user, "/api/conversations", "title", "one", "two", "three", "four");
                var conversations = (await user.GetAsync("/api/conversations?sort=createdAt")).Body!["data"]!.AsArray();
                await user.ChatAsync(new { conversationId = conversations[2]!["id"]!.GetValue<Guid>(), message = "First" });
                await user.ChatAsync(new { conversationId = conversations[0]!["id"]!.GetValue<Guid>(), message = "Second" });
                return ("/api/conversations", label);
            case "documents":
                foreach (var (name, size) in new[] { ("b.md", 20), ("a.md", 30), ("C.md", 20), ("c.md", 10), ("ä.md", 30) })
                {
                    Assert.Equal(201, (await user.UploadAsync(name, Encoding.UTF8.GetBytes(new string('x', size)), "text/markdown")).Status);
                }

                return ("/api/documents", "filename");
            case "meetings":
                foreach (var (title, day) in new[] { ("Planting", 3), ("planning", 1), ("Harvest", 3), ("Harvest", 2) })
                {
                    await user.CreateAsync("/api/meetings", new { title, startsAt = $"2026-12-0{day}T10:00:00Z", endsAt = $"2026-12-0{day}T11:00:00Z" });
                }

                return ("/api/meetings", "title");
            case "members":
                var shared = await user.CreateAsync("/api/spaces", new { name = "Shared" });
                foreach (var (name, role) in new[] { ("ada", "viewer"), ("bob", "editor"), ("eve", "owner") })
                {
                    Assert.Equal(200, (await user.PutAsync($"/api/spaces/{shared}/members/{name}-{user.User}", new { role })).Status);
                }

                return ($"/api/spaces/{shared}/members", "role");
            case "messages":
                var conversation = await user.CreateAsync("/api/conversations", new { title = "Chat" });
                await user.ChatAsync(new { conversationId = conversation, message = "First" });
                await user.ChatAsync(new { conversationId = conversation, message = "Second" });
                return ($"/api/conversations/{conversation}/messages", "role");
            case "pages":
                return ("/api/pages", await CreateAllAsync(user, "/api/pages", "title", "Beds", "beds", "Äpfel", "Beds", "Apples"));
            case "scores":
                foreach (var score in new[] { 30, 10, 30, 20, 50 })
                {
                    Assert.Equal(201, (await user.PostAsync("/api/games/scores", new { game = user.User, score })).Status);
                }

                return ($"/api/games/scores?game={user.User}", "rank");
            case "spaces":
                return ("/api/spaces", await CreateAllAsync(user, "/api/spaces", "name", "Home", "work", "Work", "Ä", "home"));
            case "tasks":
                foreach (var (title, priority, dueDate) in new[]
                {
                    ("Buy seeds", 2, "2026-12-03"), ("Mow the lawn", 1, null), ("buy seeds", 2, null), ("Zip the tent", 0, "2026-12-01"), ("Äpfel", 2, "2026-12-03"),
                    ("Buy seeds", 0, null),
                })
                {
                    await user.CreateAsync("/api/tasks", new { title, priority, dueDate });
                }

                return ("/api/tasks", "title");
            default:
                var created = await user.PostAsync("/api/pages", new { title = "Beds" });
                for (var (version, etag) = (2, created.ETag); version <= 4; version++)
                {
                    etag = (await user.PatchAsync($"/api/pages/{created.Id}", new { title = $"Beds {version}" }, ("If-Match", etag))).ETag;
                }

                return ($"/api/pages/{created.Id}/versions", "title");
        }
    }

    private static async Task<string> CreateAllAsync(ApiClient user, string path, string field, params string[] values)
    {
        foreach (var value in values)
        {
            await user.CreateAsync(path, new JsonObject { [field] = value });
        }

        return field;
    }

    private static async Task<Page<JsonObject>> ReadAsync(ApiClient user, string path, PageRequest request)
    {
        var query = $"limit={request.Limit}{(request.Sort is { } sort ? $"&sort={sort}" : "")}{(request.Cursor is { } cursor ? $"&cursor={cursor}" : "")}";
        return (await user.Http.GetFromJsonAsync<Page<JsonObject>>(With(path, query)))!;
    }

    private static string With(string path, string query) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";

    private static string Reversed(string sort) => string.Join(',', sort.Split(',').Select(term => term[0] == '-' ? term[1..] : $"-{term}"));

    /// <summary>The id, or what else tells a row from the others where it has none.</summary>
    private static string IdOf(JsonObject row) => (row["id"] ?? row["userId"] ?? row["version"] ?? row["achievedAt"])!.ToString();

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ListTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ListTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : ListTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : ListTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : ListTests(host);
}
