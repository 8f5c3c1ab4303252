using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class SpaceTests(HostFixture host)
{
    [Fact]
    public async Task A_space_is_made_read_changed_and_deleted()
    {
        var scrubber = new Scrubber();
        var owner = await host.NewUserAsync("owner");
        var created = await owner.PostAsync("/api/spaces", new { name = "Household", description = "All of us" });
        var path = $"/api/spaces/{created.Id}";
        await Verifier.Verify(new
        {
            created = scrubber.Show(created),
            read = scrubber.Show(await owner.GetAsync(path)),
            notModified = scrubber.Show(await owner.GetAsync(path, ("If-None-Match", created.ETag))),
            list = scrubber.Show(await owner.GetAsync("/api/spaces")),
            changed = scrubber.Show(await owner.PatchAsync(path, new { name = "Home" })),
            changedMeanwhile = scrubber.Show(await owner.PatchAsync(path, new { name = "Lost" }, ("If-Match", created.ETag))),
            bad = scrubber.Show(await owner.PatchAsync(path, new { name = "", description = new string('x', 2001) })),
            deleted = scrubber.Show(await owner.DeleteAsync(path)),
            gone = scrubber.Show(await owner.GetAsync(path)),
        });
    }

    [Fact]
    public async Task Members_come_go_and_change_their_role()
    {
        var scrubber = new Scrubber();
        var (owner, editor, viewer) = (await host.NewUserAsync("owner"), await host.NewUserAsync("editor"), await host.NewUserAsync("viewer"));
        var space = await owner.CreateAsync("/api/spaces", new { name = "Household" });
        var members = $"/api/spaces/{space}/members";
        await Verifier.Verify(new
        {
            added = scrubber.Show(await owner.PutAsync($"{members}/{editor.User}", new { role = "editor" })),
            addedViewer = (await owner.PutAsync($"{members}/{viewer.User}", new { role = "viewer" })).Status,
            list = scrubber.Show(await viewer.GetAsync(members)),
            unknownRole = scrubber.Show(await owner.PutAsync($"{members}/{viewer.User}", new { role = "king" })),
            byEditor = scrubber.Show(await editor.PutAsync($"{members}/{editor.User}", new { role = "owner" })),
            editorSees = scrubber.Show(await editor.GetAsync($"/api/spaces/{space}")),
            editorChanges = (await editor.PatchAsync($"/api/spaces/{space}", new { description = "Ours" })).Status,
            editorDeletes = scrubber.Show(await editor.DeleteAsync($"/api/spaces/{space}")),
            lastOwnerLeaves = scrubber.Show(await owner.DeleteAsync($"{members}/{owner.User}")),
            lastOwnerStepsDown = scrubber.Show(await owner.PutAsync($"{members}/{owner.User}", new { role = "viewer" })),
            nobody = scrubber.Show(await owner.DeleteAsync($"{members}/nobody")),
            viewerLeaves = scrubber.Show(await viewer.DeleteAsync($"{members}/{viewer.User}")),
            viewerSeesNoMore = (await viewer.GetAsync($"/api/spaces/{space}")).Status,
        });
    }

    [Fact]
    public async Task Of_two_owners_who_leave_at_once_one_stays()
    {
        var (first, second) = (await host.NewUserAsync("owner"), await host.NewUserAsync("owner"));
        var space = await first.CreateAsync("/api/spaces", new { name = "Household" });
        await first.PutAsync($"/api/spaces/{space}/members/{second.User}", new { role = "owner" });

        var answers = await Task.WhenAll(new[] { first, second }.Select(owner => owner.DeleteAsync($"/api/spaces/{space}/members/{owner.User}")));

        Assert.Equal([204, 409], answers.Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task What_one_instance_changes_the_other_shows_at_once()
    {
        var owner = await host.NewUserAsync("owner");
        var elsewhere = await host.Other.SignInAsync(owner.User);
        var space = await owner.CreateAsync("/api/spaces", new { name = "Household" });
        for (var i = 0; i < 10; i++)
        {
            // Read on both, so that both have it cached.
            await owner.GetAsync($"/api/spaces/{space}");
            await elsewhere.GetAsync($"/api/spaces/{space}");
            await (i % 2 == 0 ? owner : elsewhere).PatchAsync($"/api/spaces/{space}", new { name = $"Name {i}" });
            Assert.Equal($"Name {i}", (await (i % 2 == 0 ? owner : elsewhere).GetAsync($"/api/spaces/{space}")).Body!["name"]!.GetValue<string>());
            await Eventually.TrueAsync(async () => (await (i % 2 == 0 ? elsewhere : owner).GetAsync($"/api/spaces/{space}")).Body!["name"]!.GetValue<string>() == $"Name {i}");
        }
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : SpaceTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : SpaceTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : SpaceTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : SpaceTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : SpaceTests(host);
}
