using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class TaskTests(HostFixture host)
{
    [Fact]
    public async Task A_task_is_made_read_changed_and_deleted()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var created = await user.PostAsync("/api/tasks", new { title = "Water the plants", notes = "Twice", priority = 2, dueDate = "2026-12-01" });
        var path = $"/api/tasks/{created.Id}";
        await Verifier.Verify(new
        {
            created = scrubber.Show(created),
            read = scrubber.Show(await user.GetAsync(path)),
            notModified = scrubber.Show(await user.GetAsync(path, ("If-None-Match", created.ETag))),
            done = scrubber.Show(await user.PatchAsync(path, new { status = "done" })),
            changedMeanwhile = scrubber.Show(await user.PatchAsync(path, new { title = "Lost update" }, ("If-Match", created.ETag))),
            cleared = scrubber.Show(await user.PatchAsync(path, new { dueDate = (string?)null, status = "todo" })),
            deletedMeanwhile = scrubber.Show(await user.DeleteAsync(path, ("If-Match", created.ETag))),
            deleted = scrubber.Show(await user.DeleteAsync(path)),
            gone = scrubber.Show(await user.GetAsync(path)),
        });
    }

    [Fact]
    public async Task What_is_out_of_bounds_is_refused_by_field()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var task = await user.CreateAsync("/api/tasks", new { title = "Kept" });
        await Verifier.Verify(new
        {
            everything = scrubber.Show(await user.PostAsync("/api/tasks", new { title = new string('x', 201), notes = new string('x', 10_001), status = "maybe", priority = 4 })),
            noTitle = scrubber.Show(await user.PostAsync("/api/tasks", new { })),
            wrongType = scrubber.Show(await user.PostAsync("/api/tasks", new { title = "x", priority = "high" })),
            noDate = scrubber.Show(await user.PostAsync("/api/tasks", new { title = "x", dueDate = "2026-02-30" })),
            nullTitle = scrubber.Show(await user.PatchAsync($"/api/tasks/{task}", new { title = (string?)null })),
            unknown = scrubber.Show(await user.PatchAsync($"/api/tasks/{task}", new { titel = "x" })),
            unknownArea = scrubber.Show(await user.PostAsync("/api/tasks", new { title = "x", areaId = Guid.Empty })),
            nullCharacter = scrubber.Show(await user.PostAsync("/api/tasks", new { title = "a\0b" })),
        });
        Assert.Equal("Kept", (await user.GetAsync($"/api/tasks/{task}")).Body!["title"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_batch_is_made_whole_or_not_at_all()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await Verifier.Verify(new
        {
            made = scrubber.Show(await user.PostAsync("/api/tasks/batch", new { tasks = new[] { new { title = "One" }, new { title = "Two" } } })),
            oneBad = scrubber.Show(await user.PostAsync("/api/tasks/batch", new { tasks = new[] { new { title = "Three" }, new { title = "" } } })),
            nullItem = scrubber.Show(await user.PostAsync("/api/tasks/batch", new { tasks = new object?[] { null } })),
            empty = scrubber.Show(await user.PostAsync("/api/tasks/batch", new { tasks = Array.Empty<object>() })),
            tooMany = scrubber.Show(await user.PostAsync("/api/tasks/batch", new { tasks = Enumerable.Range(0, 101).Select(i => new { title = $"{i}" }) })),
        });
        Assert.Equal(2, (await user.GetAsync("/api/tasks")).Body!["pagination"]!["total"]!.GetValue<int>());

        var full = await user.PostAsync("/api/tasks/batch", new { tasks = Enumerable.Range(0, 100).Select(i => new { title = $"{i}" }) });
        Assert.Equal((201, 100), (full.Status, full.Body!["data"]!.AsArray().Count));
    }

    [Fact]
    public async Task Lists_page_filter_and_sort()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await user.PostAsync("/api/tasks/batch", new
        {
            tasks = new object[]
            {
                new { title = "Buy seeds", priority = 2, dueDate = "2026-12-03" },
                new { title = "Mow the lawn", priority = 1, status = "done" },
                new { title = "Zip the tent", priority = 2, notes = "the seeds are in it" },
            },
        });
        await Verifier.Verify(new
        {
            firstPage = scrubber.Show(await user.GetAsync("/api/tasks?sort=-priority,title&limit=2")),
            open = scrubber.Show(await user.GetAsync("/api/tasks?status=todo&status=in_progress&sort=title&count=none")),
            found = Titles(await user.GetAsync("/api/tasks?q=SEEDS&sort=title")),
            foundNothing = Titles(await user.GetAsync("/api/tasks?q=%22%20OR%20%2A")),
            dueFirst = Titles(await user.GetAsync("/api/tasks?sort=dueDate,title")),
            dueBefore = Titles(await user.GetAsync("/api/tasks?dueBefore=2026-12-04&dueAfter=2026-12-02")),
            clamped = scrubber.Show(await user.GetAsync("/api/tasks?limit=1000&offset=-5&status=done")),
            badLimit = scrubber.Show(await user.GetAsync("/api/tasks?limit=ten")),
            badSort = scrubber.Show(await user.GetAsync("/api/tasks?sort=colour")),
            badStatus = scrubber.Show(await user.GetAsync("/api/tasks?status=maybe")),
            badPriority = scrubber.Show(await user.GetAsync("/api/tasks?priority=high")),
            badCursor = scrubber.Show(await user.GetAsync("/api/tasks?cursor=xyz")),
            both = scrubber.Show(await user.GetAsync("/api/tasks?cursor=xyz&offset=1")),
        });
    }

    [Fact]
    public async Task A_walk_by_cursor_meets_every_task_once_on_any_instance_and_comes_back()
    {
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        await user.PostAsync("/api/tasks/batch", new { tasks = Enumerable.Range(0, 47).Select(i => new { title = $"Task {i % 7}", priority = i % 3, dueDate = i % 4 == 0 ? null : $"2026-12-{i % 5 + 1:00}" }) });

        var all = Ids(await user.GetAsync("/api/tasks?sort=dueDate,-priority,title&limit=100"));
        Assert.Equal(47, all.Distinct().Count());

        var there = new List<string>();
        var back = new List<string>();
        var page = await user.GetAsync("/api/tasks?sort=dueDate,-priority,title&limit=10");
        while (true)
        {
            there.AddRange(Ids(page));
            if (Cursor(page, "nextCursor") is not { } next)
            {
                break;
            }

            page = await elsewhere.GetAsync($"/api/tasks?sort=dueDate,-priority,title&limit=10&cursor={next}");
        }

        while (Cursor(page, "prevCursor") is { } previous)
        {
            page = await user.GetAsync($"/api/tasks?sort=dueDate,-priority,title&limit=10&cursor={previous}");
            back.InsertRange(0, Ids(page));
        }

        Assert.Equal(all, there);
        Assert.Equal(all[..40], back);
        Assert.NotNull(Cursor(page, "nextCursor"));
    }

    [Fact]
    public async Task A_cursor_is_bound_to_its_sort_filters_and_user()
    {
        var (user, other) = (await host.NewUserAsync(), await host.NewUserAsync());
        await user.PostAsync("/api/tasks/batch", new { tasks = Enumerable.Range(0, 3).Select(i => new { title = $"{i}" }) });
        var cursor = Cursor(await user.GetAsync("/api/tasks?limit=1"), "nextCursor")!;

        Assert.Equal(200, (await user.GetAsync($"/api/tasks?cursor={cursor}&limit=2")).Status);
        Assert.Equal("cursor-mismatch", (await user.GetAsync($"/api/tasks?cursor={cursor}&sort=title")).Code);
        Assert.Equal("cursor-mismatch", (await user.GetAsync($"/api/tasks?cursor={cursor}&status=todo")).Code);
        Assert.Equal("cursor-mismatch", (await other.GetAsync($"/api/tasks?cursor={cursor}")).Code);
        Assert.Equal("cursor-mismatch", (await user.GetAsync($"/api/conversations?cursor={cursor}")).Code);
    }

    [Fact]
    public async Task The_same_idempotency_key_makes_one_task()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        var key = ("Idempotency-Key", "order-66");
        var refused = await user.PostAsync("/api/tasks", new { title = "" }, key);
        var first = await user.PostAsync("/api/tasks", new { title = "Once" }, key);
        var again = await elsewhere.PostAsync("/api/tasks", new { title = "Once" }, key);

        Assert.Equal(400, refused.Status);
        Assert.Equal(first.Text, again.Text);
        Assert.Equal(201, (await (await host.NewUserAsync()).PostAsync("/api/tasks", new { title = "Another user's" }, key)).Status);
        await Verifier.Verify(new
        {
            first = scrubber.Show(first),
            again = scrubber.Show(again),
            otherBody = scrubber.Show(await user.PostAsync("/api/tasks", new { title = "Twice" }, key)),
            noKey = scrubber.Show(await user.PostAsync("/api/tasks", new { title = "Once" }, ("Idempotency-Key", "a b"))),
        });
        Assert.Equal(1, (await user.GetAsync("/api/tasks")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Of_many_requests_with_one_key_at_once_one_makes_the_task()
    {
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? user : elsewhere).PostAsync("/api/tasks", new { title = "Once" }, ("Idempotency-Key", "race"))));

        Assert.All(answers, answer => Assert.True(answer.Status == 201 || answer.Code == "idempotency-in-progress", answer.Text));
        Assert.Single(answers.Where(answer => answer.Status == 201).Select(answer => answer.Id).Distinct());
        Assert.Equal(1, (await user.GetAsync("/api/tasks")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    private static string[] Ids(Answer page) => [.. page.Body!["data"]!.AsArray().Select(task => task!["id"]!.GetValue<string>())];

    private static string[] Titles(Answer page) => [.. page.Body!["data"]!.AsArray().Select(task => task!["title"]!.GetValue<string>())];

    private static string? Cursor(Answer page, string name) => (page.Body as JsonObject)?["pagination"]?[name]?.GetValue<string>();

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : TaskTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : TaskTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : TaskTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : TaskTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : TaskTests(host);
}
