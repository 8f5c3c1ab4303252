using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;
using StratAI.Host.Http;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Storage;

namespace StratAI.Host.Tests;

/// <summary>Documents whose bytes are still in the database, to those who use the API.</summary>
public abstract class LegacyDocumentTests(HostFixture host)
{
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [Fact]
    public async Task A_document_in_the_database_is_read_like_any_other()
    {
        var user = await host.NewUserAsync();
        var path = $"/api/documents/{await AddAsync(user, $"data:image/png;base64,{Convert.ToBase64String(Png)}")}";

        var resource = await user.GetAsync(path);
        var content = await user.GetAsync($"{path}/content");
        var range = await user.GetAsync($"{path}/content", ("Range", "bytes=1-3"));
        var again = await user.GetAsync($"{path}/content", ("If-None-Match", content.ETag));

        Assert.Equal(200, resource.Status);
        Assert.Null(resource.Body!["sha256"]);
        Assert.Equal((200, "image/png", "nosniff", "private, no-cache"), (content.Status, content.Headers["Content-Type"], content.Headers["X-Content-Type-Options"], content.Headers["Cache-Control"]));
        Assert.Equal(Png, content.Bytes);
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(Png))}\"", content.ETag);
        Assert.Equal((206, "PNG"), (range.Status, range.Text));
        Assert.Equal(304, again.Status);
        Assert.Single((await user.GetAsync("/api/documents")).Body!["data"]!.AsArray());
    }

    [Fact]
    public async Task Asking_for_its_url_moves_the_document()
    {
        var user = await host.NewUserAsync();
        var id = await AddAsync(user, Convert.ToBase64String(Png));

        var url = await user.GetAsync($"/api/documents/{id}/url");

        Assert.Equal(200, url.Status);
        using var http = host.Host.Anonymous();
        Assert.Equal(Png, await http.GetByteArrayAsync(url.Body!["url"]!.GetValue<string>()));
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Png));
        var resource = (await user.GetAsync($"/api/documents/{id}")).Body!;
        Assert.Equal((sha256, Png.Length), (resource["sha256"]!.GetValue<string>(), resource["size"]!.GetValue<int>()));
        Assert.Contains("immutable", (await user.GetAsync($"/api/documents/{id}/content?v={sha256}")).Headers["Cache-Control"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_that_moved_is_read_from_the_database_when_its_object_is_lost()
    {
        var user = await host.NewUserAsync();
        var id = await AddAsync(user, Convert.ToBase64String(Png));
        await user.GetAsync($"/api/documents/{id}/url");
        var key = await Get<AppDatabase>().FindAsync<string>("SELECT object_key FROM documents WHERE id = @id", new { id }, default);
        await Get<IObjectStore>().DeleteAsync(key!);

        Assert.Equal(Png, (await user.GetAsync($"/api/documents/{id}/content")).Bytes);
    }

    [Fact]
    public async Task One_that_cannot_be_moved_says_so()
    {
        var user = await host.NewUserAsync();
        var bad = await AddAsync(user, "no base64!");
        var mislabelled = await AddAsync(user, $"data:image/gif;base64,{Convert.ToBase64String(Png)}");

        Assert.Equal((409, "content-unusable"), Told(await user.GetAsync($"/api/documents/{bad}/url")));
        Assert.Equal((500, "content-damaged"), Told(await user.GetAsync($"/api/documents/{bad}/content")));
        Assert.Equal((409, "content-unusable"), Told(await user.GetAsync($"/api/documents/{mislabelled}/url")));
        // What it is served as is the document's type, and no browser may think otherwise.
        Assert.Equal(Png, (await user.GetAsync($"/api/documents/{mislabelled}/content")).Bytes);

        static (int, string?) Told(Answer answer) => (answer.Status, answer.Code);
    }

    [Fact]
    public async Task Deleted_before_or_after_it_moved_nothing_is_left()
    {
        var user = await host.NewUserAsync();
        var (legacy, moved) = (await AddAsync(user, Convert.ToBase64String(Png)), await AddAsync(user, Convert.ToBase64String(Png)));
        await user.GetAsync($"/api/documents/{moved}/url");

        Assert.Equal(204, (await user.DeleteAsync($"/api/documents/{legacy}")).Status);
        Assert.Equal(204, (await user.DeleteAsync($"/api/documents/{moved}")).Status);

        await foreach (var item in Get<IObjectStore>().ListAsync($"documents/{moved:N}"))
        {
            Assert.Fail($"There is still {item.Key}.");
        }
    }

    private async Task<Guid> AddAsync(ApiClient user, string text)
    {
        var id = TimeProvider.System.NewId();
        await Get<AppDatabase>().ExecuteAsync(
            """
            INSERT INTO documents (id, user_id, filename, content_type, size, sha256, kind, content_base64, created_at, updated_at)
            VALUES (@id, @User, 'old.png', 'image/png', 70, '', 'image', @text, @now, @now)
            """,
            new { id, user.User, text, now = TimeProvider.System.Now() }, default);
        return id;
    }

    private T Get<T>()
        where T : notnull => host.Host.Services.GetRequiredService<T>();

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : LegacyDocumentTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : LegacyDocumentTests(host);
}
