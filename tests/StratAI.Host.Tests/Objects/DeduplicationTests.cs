using System.Globalization;
using System.Text;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Objects;

public abstract class DeduplicationTests(HostFixture fixture)
{
    private const int Rounds = 25;
    private static readonly byte[] Bytes = Encoding.UTF8.GetBytes("# Garden\n\nTomatoes want water every day.\n");

    [Fact]
    public async Task The_same_bytes_of_one_user_are_one_object_until_the_last_document_is_gone()
    {
        await using var deployment = await DeduplicatingAsync();
        var user = await deployment.Host.SignInAsync("ada");

        var first = await user.UploadAsync("a.md", Bytes);
        var second = await user.UploadAsync("b.txt", Bytes);
        Assert.Equal((201, 201), (first.Status, second.Status));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Single(await deployment.KeysAsync());

        await user.DeleteAsync($"/api/documents/{first.Id}");
        Assert.Single(await deployment.KeysAsync());
        var content = await user.GetAsync($"/api/documents/{second.Id}/content");
        Assert.Equal(Bytes, content.Bytes);
        Assert.StartsWith("text/plain", content.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("b.txt", content.Headers["Content-Disposition"], StringComparison.Ordinal);

        await user.DeleteAsync($"/api/documents/{second.Id}");
        Assert.Empty(await deployment.KeysAsync());
        await deployment.AssertAllIsOwnedAsync(0);
    }

    [Fact]
    public async Task Users_never_share_an_object_nor_do_other_bytes()
    {
        await using var deployment = await DeduplicatingAsync();
        var (ada, eve) = (await deployment.Host.SignInAsync("ada"), await deployment.Host.SignInAsync("eve"));
        await ada.UploadAsync("a.md", Bytes);
        await eve.UploadAsync("a.md", Bytes);
        await ada.UploadAsync("a.md", [.. Bytes, (byte)'!']);

        Assert.Equal(3, (await deployment.KeysAsync()).Count);
        await deployment.AssertAllIsOwnedAsync(3);
    }

    [Fact]
    public async Task Unless_it_is_configured_every_document_has_its_own()
    {
        await using var deployment = await ObjectDeployment.CreateAsync(fixture);
        var user = await deployment.Host.SignInAsync("ada");
        await user.UploadAsync("a.md", Bytes);
        await user.UploadAsync("b.md", Bytes);

        Assert.Equal(2, (await deployment.KeysAsync()).Count);
        await deployment.AssertAllIsOwnedAsync(2);
    }

    [Fact]
    public async Task A_space_takes_its_documents_with_it_and_leaves_what_others_share()
    {
        await using var deployment = await DeduplicatingAsync();
        var user = await deployment.Host.SignInAsync("ada");
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await user.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        await user.UploadAsync("a.md", Bytes, null, ("spaceId", $"{space}"));
        await user.UploadAsync("b.md", Bytes, null, ("areaId", $"{area}"));
        await user.UploadAsync("c.md", [.. Bytes, (byte)'!'], null, ("areaId", $"{area}"));
        var outside = (await user.UploadAsync("d.md", Bytes)).Id;
        Assert.Equal(2, (await deployment.KeysAsync()).Count);

        Assert.Equal(204, (await user.DeleteAsync($"/api/spaces/{space}")).Status);

        await deployment.AssertAllIsOwnedAsync(1);
        Assert.Equal(Bytes, (await user.GetAsync($"/api/documents/{outside}/content")).Bytes);
    }

    [Fact]
    public async Task Deleting_both_documents_at_once_deletes_their_object_once()
    {
        await using var deployment = await DeduplicatingAsync();
        var user = await deployment.Host.SignInAsync("ada");
        for (var round = 0; round < Rounds; round++)
        {
            var (first, second) = ((await user.UploadAsync("a.md", Bytes)).Id, (await user.UploadAsync("b.md", Bytes)).Id);
            var deleted = await Task.WhenAll(user.DeleteAsync($"/api/documents/{first}"), user.DeleteAsync($"/api/documents/{second}"));
            Assert.All(deleted, answer => Assert.Equal(204, answer.Status));
            Assert.Empty(await deployment.KeysAsync());
        }

        await deployment.AssertAllIsOwnedAsync(0);
    }

    [Fact]
    public async Task An_upload_while_the_last_document_is_deleted_has_its_bytes()
    {
        await using var deployment = await DeduplicatingAsync();
        var user = await deployment.Host.SignInAsync("ada");
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        var last = (await user.UploadAsync("0.md", Bytes, null, ("spaceId", $"{space}"))).Id;
        for (var round = 1; round <= Rounds; round++)
        {
            var deleting = user.DeleteAsync($"/api/documents/{last}");
            var uploaded = await user.UploadAsync(string.Create(CultureInfo.InvariantCulture, $"{round}.md"), Bytes, null, ("spaceId", $"{space}"));
            Assert.Equal((204, 201), ((await deleting).Status, uploaded.Status));
            last = uploaded.Id;
            Assert.Equal(Bytes, (await user.GetAsync($"/api/documents/{last}/content")).Bytes);
        }

        await deployment.AssertAllIsOwnedAsync(1);
    }

    [Fact]
    public async Task An_upload_into_a_space_that_is_being_deleted_never_waits_for_it_in_a_ring()
    {
        await using var deployment = await DeduplicatingAsync();
        var user = await deployment.Host.SignInAsync("ada");
        for (var round = 0; round < Rounds; round++)
        {
            var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
            await user.UploadAsync("a.md", Bytes, null, ("spaceId", $"{space}"));
            var deleting = user.DeleteAsync($"/api/spaces/{space}");
            var uploaded = await user.UploadAsync("b.md", Bytes, null, ("spaceId", $"{space}"));
            Assert.Equal(204, (await deleting).Status);
            // It came before the deletion, and is deleted with the space; after it; or between its look for the space and its row.
            Assert.Contains(uploaded.Status, new[] { 201, 404, 409, 400 });
        }

        await deployment.AssertAllIsOwnedAsync(0);
    }

    private Task<ObjectDeployment> DeduplicatingAsync() =>
        ObjectDeployment.CreateAsync(fixture, null, ("Documents:Deduplicate", "true"), ("Limits:Policies:upload:PermitLimit", "100000"), ("Limits:Policies:user:PermitLimit", "100000"));

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : DeduplicationTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : DeduplicationTests(host);
}
