using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class PageTests(HostFixture host)
{
    private const string Large = """{"type":"doc","content":[{"type":"text","text":""}]}""";

    [Fact]
    public async Task A_page_is_made_read_changed_and_deleted()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var created = await user.PostAsync("/api/pages", new { title = "Beds", content = Document("Tomatoes", new { level = (int?)null }) });
        var path = $"/api/pages/{created.Id}";
        await Verifier.Verify(new
        {
            created = scrubber.Show(created),
            read = scrubber.Show(await user.GetAsync(path)),
            notModified = scrubber.Show(await user.GetAsync(path, ("If-None-Match", created.ETag))),
            list = scrubber.Show(await user.GetAsync("/api/pages")),
            noPrecondition = scrubber.Show(await user.PatchAsync(path, new { title = "Lost" })),
            changed = scrubber.Show(await user.PatchAsync(path, new { title = "Raised beds", content = Document("Roses") }, ("If-Match", created.ETag))),
            changedMeanwhile = scrubber.Show(await user.PatchAsync(path, new { title = "Lost" }, ("If-Match", created.ETag))),
            anyVersion = scrubber.Show(await user.PatchAsync(path, new { title = "Beds, raised" }, ("If-Match", "*"))),
            versions = scrubber.Show(await user.GetAsync($"{path}/versions")),
            version = scrubber.Show(await user.GetAsync($"{path}/versions/2")),
            noSuchVersion = scrubber.Show(await user.GetAsync($"{path}/versions/4")),
            noNumber = scrubber.Show(await user.GetAsync($"{path}/versions/first")),
            restoredMeanwhile = scrubber.Show(await user.PostAsync($"{path}/versions/1/restore", new { }, ("If-Match", created.ETag))),
            restoredNothing = scrubber.Show(await user.PostAsync($"{path}/versions/4/restore", new { })),
            restored = scrubber.Show(await user.SendAsync(HttpMethod.Post, $"{path}/versions/1/restore", null)),
            readRestored = scrubber.Show(await user.GetAsync(path)),
            versionsAfter = scrubber.Show(await user.GetAsync($"{path}/versions?sort=version&limit=1")),
            deletedMeanwhile = scrubber.Show(await user.DeleteAsync(path, ("If-Match", created.ETag))),
            deleted = scrubber.Show(await user.DeleteAsync(path)),
            gone = scrubber.Show(await user.GetAsync(path)),
            versionsGone = scrubber.Show(await user.GetAsync($"{path}/versions")),
        });
    }

    [Fact]
    public async Task What_is_out_of_bounds_is_refused_by_field()
    {
        var scrubber = new Scrubber();
        var (user, other) = (await host.NewUserAsync(), await host.NewUserAsync("other"));
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await user.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        var elsewhere = await user.CreateAsync("/api/spaces", new { name = "Work" });
        var kept = await user.PostAsync("/api/pages", new { title = "Kept" });
        var path = $"/api/pages/{kept.Id}";
        await Verifier.Verify(new
        {
            noTitle = scrubber.Show(await user.PostAsync("/api/pages", new { })),
            longTitle = scrubber.Show(await user.PostAsync("/api/pages", new { title = new string('x', 201) })),
            noDocument = scrubber.Show(await user.PostAsync("/api/pages", new { title = "x", content = "text" })),
            noContent = scrubber.Show(await user.PostAsync("/api/pages", new { title = "x", content = (object?)null })),
            otherNode = scrubber.Show(await user.PostAsync("/api/pages", new { title = "x", content = new { type = "paragraph" } })),
            noType = scrubber.Show(await user.PostAsync("/api/pages", new { title = "x", content = new { type = 1 } })),
            nullCharacter = scrubber.Show(await user.PostAsync("/api/pages", new { title = "x", content = Document("a\0b") })),
            twice = scrubber.Show(await SendRawAsync(HttpMethod.Post, """{"type": "doc", "content": [{"type": "text", "type": "image"}]}""")),
            loneSurrogate = scrubber.Show(await SendRawAsync(HttpMethod.Post, """{"type": "doc", "content": [{"type": "\ud800"}]}""")),
            loneSurrogateInName = scrubber.Show(await SendRawAsync(HttpMethod.Post, """{"type": "doc", "\udc00": 1}""")),
            patchedTwice = scrubber.Show(await SendRawAsync(HttpMethod.Patch, """{"type": "doc", "content": [{"type": "text", "type": "image"}]}""")),
            patchedLoneSurrogate = scrubber.Show(await SendRawAsync(HttpMethod.Patch, """{"type": "doc", "content": [{"type": "\ud800"}]}""")),
            patchedType = scrubber.Show(await user.PatchAsync(path, new { content = new { type = "text" } }, ("If-Match", kept.ETag))),
            patchedNull = scrubber.Show(await user.PatchAsync(path, new { content = (object?)null }, ("If-Match", kept.ETag))),
            patchedVersion = scrubber.Show(await user.PatchAsync(path, new { version = 7 }, ("If-Match", kept.ETag))),
            unknownSpace = scrubber.Show(await other.PostAsync("/api/pages", new { title = "x", spaceId = space })),
            unknownArea = scrubber.Show(await other.PostAsync("/api/pages", new { title = "x", areaId = area })),
            areaOfAnotherSpace = scrubber.Show(await user.PostAsync("/api/pages", new { title = "x", spaceId = elsewhere, areaId = area })),
            movedToUnknownArea = scrubber.Show(await user.PatchAsync(path, new { areaId = Guid.Empty }, ("If-Match", kept.ETag))),
            badFilter = scrubber.Show(await user.GetAsync("/api/pages?spaceId=seven")),
            badSort = scrubber.Show(await user.GetAsync("/api/pages?sort=version")),
            badVersionSort = scrubber.Show(await user.GetAsync($"{path}/versions?sort=title")),
            tooLarge = scrubber.Show(await user.PostAsync("/api/pages", new { title = "x", content = Document(new string('x', 1_100_000)) })),
        });
        Assert.Equal(kept.Text, (await user.GetAsync(path)).Text);
        Assert.Equal(1, Total(await user.GetAsync("/api/pages")));

        Task<Answer> SendRawAsync(HttpMethod method, string content) =>
            user.SendRawAsync(method, method == HttpMethod.Post ? "/api/pages" : path, $$"""{"title": "x", "content": {{content}}}""");
    }

    [Fact]
    public async Task Content_has_up_to_1_MB_and_comes_back_as_it_was_sent()
    {
        var user = await host.NewUserAsync();
        var full = Document(new string('x', 1_000_000 - Large.Length));
        var page = await user.PostAsync("/api/pages", new { title = "Full", content = full });
        Assert.Equal(201, page.Status);
        Assert.True(JsonNode.DeepEquals(full, (await user.GetAsync($"/api/pages/{page.Id}")).Body!["content"]));

        var over = await user.PostAsync("/api/pages", new { title = "Over", content = Document(new string('x', 1_000_001 - Large.Length)) });
        Assert.Equal((400, "validation-failed"), (over.Status, over.Code));
        Assert.NotNull(over.Body!["errors"]!["content"]);

        // What a patch adds counts with what is there.
        var grown = await user.PatchAsync($"/api/pages/{page.Id}", new { content = new { attrs = new { more = true } } }, ("If-Match", page.ETag));
        Assert.Equal((400, "validation-failed"), (grown.Status, grown.Code));

        var text = JsonNode.Parse("""{"type": "doc", "content": [{"type": "text", "text": "\\u0000 漢字 🎉 \u00e9 </script>", "n": 1.00e2, "none": null}], "a": 1, "A": 2}""")!;
        var changed = await user.PatchAsync($"/api/pages/{page.Id}", new { content = text }, ("If-Match", page.ETag));
        Assert.Equal(200, changed.Status);
        Assert.True(JsonNode.DeepEquals(text, changed.Body!["content"]));
        var read = await user.GetAsync($"/api/pages/{page.Id}");
        Assert.Equal((changed.Text, changed.ETag), (read.Text, read.ETag));
    }

    [Fact]
    public async Task A_page_is_seen_and_changed_by_those_who_see_and_edit_its_place()
    {
        var (owner, editor, other) = (await host.NewUserAsync("owner"), await host.NewUserAsync("editor"), await host.NewUserAsync("other"));
        var space = await owner.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await owner.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        await owner.PutAsync($"/api/spaces/{space}/members/{editor.User}", new { role = "editor" });
        await owner.PutAsync($"/api/areas/{area}/shares/{other.User}", new { role = "viewer" });
        var loose = await owner.CreateAsync("/api/pages", new { title = "Loose" });
        var inSpace = await owner.CreateAsync("/api/pages", new { title = "Space", spaceId = space });
        var inArea = await owner.CreateAsync("/api/pages", new { title = "Area", areaId = area });

        Assert.Equal([loose, inSpace, inArea], await FoundAsync(owner, ""));
        Assert.Equal([inSpace, inArea], await FoundAsync(editor, ""));
        Assert.Equal([inSpace, inArea], await FoundAsync(editor, $"spaceId={space}"));
        Assert.Equal([inArea], await FoundAsync(editor, $"areaId={area}"));
        Assert.Equal([inArea], await FoundAsync(other, ""));
        Assert.Empty(await FoundAsync(other, $"areaId={Guid.NewGuid()}"));
        Assert.Equal([inArea, loose, inSpace], await FoundAsync(owner, "", "title"));
        Assert.Equal(404, (await editor.GetAsync($"/api/pages/{loose}")).Status);
        Assert.Equal(404, (await other.GetAsync($"/api/pages/{inSpace}/versions")).Status);

        Assert.Equal(403, (await ChangeAsync(other, inArea, new { title = "Mine" })).Status);
        Assert.Equal(403, (await other.DeleteAsync($"/api/pages/{inArea}")).Status);
        Assert.Equal(200, (await ChangeAsync(editor, inArea, new { title = "Ours" })).Status);
        var versions = (await owner.GetAsync($"/api/pages/{inArea}/versions")).Body!["data"]!.AsArray();
        Assert.Equal([editor.User, owner.User], versions.Select(version => version!["createdBy"]!.GetValue<string>()));

        await owner.DeleteAsync($"/api/areas/{area}");
        Assert.Equal([loose, inSpace], await FoundAsync(owner, ""));
        await owner.DeleteAsync($"/api/spaces/{space}");
        Assert.Equal([loose], await FoundAsync(owner, ""));
    }

    [Fact]
    public async Task A_page_is_moved_only_by_one_who_may_change_both_places()
    {
        var (owner, editor, other) = (await host.NewUserAsync("owner"), await host.NewUserAsync("editor"), await host.NewUserAsync("other"));
        var space = await owner.CreateAsync("/api/spaces", new { name = "Household" });
        var garden = await owner.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        var cellar = await owner.CreateAsync($"/api/spaces/{space}/areas", new { name = "Cellar" });
        await owner.PutAsync($"/api/spaces/{space}/members/{editor.User}", new { role = "editor" });
        await owner.PutAsync($"/api/areas/{garden}/shares/{other.User}", new { role = "editor" });
        await owner.PutAsync($"/api/areas/{cellar}/shares/{other.User}", new { role = "viewer" });
        var theirs = await other.CreateAsync("/api/spaces", new { name = "Theirs" });
        var page = await owner.CreateAsync("/api/pages", new { title = "Beds" });
        (Guid?, Guid?) nowhere = default;

        Assert.Equal(((Guid?)space, (Guid?)garden), Place(await ChangeAsync(owner, page, new { areaId = garden })));

        Assert.Equal(200, (await ChangeAsync(other, page, new { title = "Raised beds" })).Status);
        Assert.Equal(403, (await ChangeAsync(other, page, new { areaId = (Guid?)null })).Status);
        Assert.Equal(403, (await ChangeAsync(other, page, new { areaId = cellar })).Status);
        Assert.Equal(403, (await ChangeAsync(other, page, new { spaceId = theirs, areaId = (Guid?)null })).Status);
        Assert.Equal(403, (await ChangeAsync(other, page, new { spaceId = (Guid?)null, areaId = (Guid?)null })).Status);
        Assert.Equal(400, (await ChangeAsync(owner, page, new { spaceId = theirs, areaId = (Guid?)null })).Status);

        Assert.Equal(((Guid?)space, (Guid?)cellar), Place(await ChangeAsync(editor, page, new { areaId = cellar })));
        Assert.Equal(((Guid?)space, null), Place(await ChangeAsync(editor, page, new { areaId = (Guid?)null })));
        Assert.Equal(403, (await ChangeAsync(editor, page, new { spaceId = (Guid?)null })).Status);
        Assert.Equal(nowhere, Place(await ChangeAsync(owner, page, new { spaceId = (Guid?)null })));
        Assert.Equal(404, (await editor.GetAsync($"/api/pages/{page}")).Status);
    }

    [Fact]
    public async Task Of_changes_made_at_once_to_one_version_one_is_kept()
    {
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        var page = await user.PostAsync("/api/pages", new { title = "Beds", content = Document("Tomatoes") });
        var path = $"/api/pages/{page.Id}";

        var changes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? user : elsewhere).PatchAsync(path, new { title = $"Beds {i}" }, ("If-Match", page.ETag))));
        Assert.Single(changes, answer => answer.Status == 200);
        Assert.Equal(7, changes.Count(answer => answer.Code == "precondition-failed"));

        // Those that do not say which version they mean are all made, one after the other.
        var restores = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? user : elsewhere).PostAsync($"{path}/versions/1/restore", new { })));
        Assert.Equal(Enumerable.Range(3, 8), restores.Select(answer => answer.Body!["version"]!.GetValue<int>()).Order());
        Assert.Equal(Enumerable.Range(1, 10).Reverse(), await VersionsAsync());

        async Task<List<int>> VersionsAsync()
        {
            var (versions, cursor) = (new List<int>(), "");
            while (cursor is not null)
            {
                var list = await elsewhere.GetAsync($"{path}/versions?limit=3{(cursor.Length > 0 ? "&cursor=" : "")}{cursor}");
                versions.AddRange(list.Body!["data"]!.AsArray().Select(version => version!["version"]!.GetValue<int>()));
                cursor = list.Body["pagination"]!["nextCursor"]?.GetValue<string>();
            }

            return versions;
        }
    }

    [Fact]
    public async Task The_same_idempotency_key_makes_one_page_and_one_restored_version()
    {
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        var key = ("Idempotency-Key", "page-1");
        var first = await user.PostAsync("/api/pages", new { title = "Once" }, key);
        var again = await elsewhere.PostAsync("/api/pages", new { title = "Once" }, key);
        Assert.Equal((201, first.Text, "true"), (again.Status, again.Text, again.Headers["Idempotency-Replayed"]));

        var restore = ("Idempotency-Key", "restore-1");
        var restored = await user.PostAsync($"/api/pages/{first.Id}/versions/1/restore", new { }, restore);
        var replayed = await elsewhere.PostAsync($"/api/pages/{first.Id}/versions/1/restore", new { }, restore);
        Assert.Equal((2, restored.Text), (restored.Body!["version"]!.GetValue<int>(), replayed.Text));
        Assert.Equal(2, Total(await user.GetAsync($"/api/pages/{first.Id}/versions")));
    }

    private static JsonNode Document(string text) => JsonNode.Parse(Large.Replace("\"\"", System.Text.Json.JsonSerializer.Serialize(text), StringComparison.Ordinal))!;

    private static JsonNode Document(string text, object attributes)
    {
        var document = Document(text);
        document["content"]![0]!["attrs"] = System.Text.Json.JsonSerializer.SerializeToNode(attributes);
        return document;
    }

    private static Task<Answer> ChangeAsync(ApiClient user, Guid page, object patch) => user.PatchAsync($"/api/pages/{page}", patch, ("If-Match", "*"));

    private static (Guid? Space, Guid? Area) Place(Answer answer) => (answer.Body!["spaceId"]?.GetValue<Guid>(), answer.Body["areaId"]?.GetValue<Guid>());

    private static int Total(Answer list) => list.Body!["pagination"]!["total"]!.GetValue<int>();

    private static async Task<Guid[]> FoundAsync(ApiClient user, string filter, string sort = "createdAt") =>
        [.. (await user.GetAsync($"/api/pages?{filter}&sort={sort}")).Body!["data"]!.AsArray().Select(page => page!["id"]!.GetValue<Guid>())];

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : PageTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : PageTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : PageTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : PageTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : PageTests(host);
}
