using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class AreaTests(HostFixture host)
{
    [Fact]
    public async Task An_area_is_made_read_changed_and_deleted()
    {
        var scrubber = new Scrubber();
        var owner = await host.NewUserAsync("owner");
        var space = await owner.CreateAsync("/api/spaces", new { name = "Household" });
        var created = await owner.PostAsync($"/api/spaces/{space}/areas", new { name = "Garden", instructions = "Be brief." });
        var path = $"/api/areas/{created.Id}";
        await Verifier.Verify(new
        {
            created = scrubber.Show(created),
            read = scrubber.Show(await owner.GetAsync(path)),
            list = scrubber.Show(await owner.GetAsync($"/api/spaces/{space}/areas")),
            changed = scrubber.Show(await owner.PatchAsync(path, new { description = "Behind the house" })),
            changedMeanwhile = scrubber.Show(await owner.PatchAsync(path, new { name = "Lost" }, ("If-Match", created.ETag))),
            bad = scrubber.Show(await owner.PostAsync($"/api/spaces/{space}/areas", new { name = "x", instructions = new string('x', 10_001) })),
            inNoSpace = scrubber.Show(await owner.PostAsync($"/api/spaces/{Guid.Empty}/areas", new { name = "x" })),
            deleted = scrubber.Show(await owner.DeleteAsync(path)),
            gone = scrubber.Show(await owner.GetAsync(path)),
        });
    }

    [Fact]
    public async Task A_share_opens_one_area_and_nothing_else()
    {
        var scrubber = new Scrubber();
        var (owner, other) = (await host.NewUserAsync("owner"), await host.NewUserAsync("other"));
        var space = await owner.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await owner.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        var closed = await owner.CreateAsync($"/api/spaces/{space}/areas", new { name = "Cellar" });
        var document = (await owner.UploadAsync("garden.txt", "Roses"u8.ToArray(), null, ("areaId", $"{area}"))).Id;
        await Verifier.Verify(new
        {
            before = (await other.GetAsync($"/api/areas/{area}")).Status,
            shared = scrubber.Show(await owner.PutAsync($"/api/areas/{area}/shares/{other.User}", new { role = "viewer" })),
            seen = (await other.GetAsync($"/api/areas/{area}")).Status,
            changedByViewer = scrubber.Show(await other.PatchAsync($"/api/areas/{area}", new { name = "Mine" })),
            documentSeen = (await other.GetAsync($"/api/documents/{document}/content")).Text,
            documentChanged = (await other.DeleteAsync($"/api/documents/{document}")).Status,
            otherArea = (await other.GetAsync($"/api/areas/{closed}")).Status,
            space = (await other.GetAsync($"/api/spaces/{space}")).Status,
            raised = (await owner.PutAsync($"/api/areas/{area}/shares/{other.User}", new { role = "editor" })).Status,
            changedByEditor = (await other.PatchAsync($"/api/areas/{area}", new { name = "Ours" })).Status,
            movedOutByEditor = scrubber.Show(await other.PatchAsync($"/api/documents/{document}", new { areaId = (Guid?)null })),
            sharedOnByEditor = scrubber.Show(await other.PutAsync($"/api/areas/{area}/shares/eve", new { role = "viewer" })),
            unknownRole = scrubber.Show(await owner.PutAsync($"/api/areas/{area}/shares/{other.User}", new { role = "owner" })),
            left = scrubber.Show(await other.DeleteAsync($"/api/areas/{area}/shares/{other.User}")),
            after = (await other.GetAsync($"/api/areas/{area}")).Status,
        });
    }

    [Fact]
    public async Task A_member_who_is_removed_no_longer_sees_the_areas_though_they_were_cached()
    {
        var (owner, other) = (await host.NewUserAsync("owner"), await host.NewUserAsync("other"));
        var elsewhere = await host.Other.SignInAsync(other.User);
        var space = await owner.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await owner.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        await owner.PutAsync($"/api/spaces/{space}/members/{other.User}", new { role = "viewer" });
        await Eventually.TrueAsync(async () => (await elsewhere.GetAsync($"/api/areas/{area}")).Status == 200);

        await owner.DeleteAsync($"/api/spaces/{space}/members/{other.User}");

        Assert.Equal(404, (await other.GetAsync($"/api/areas/{area}")).Status);
        await Eventually.TrueAsync(async () => (await elsewhere.GetAsync($"/api/areas/{area}")).Status == 404);
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : AreaTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : AreaTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : AreaTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : AreaTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : AreaTests(host);
}
