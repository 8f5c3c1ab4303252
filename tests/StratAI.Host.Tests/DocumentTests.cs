using System.Data.Common;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;
using StratAI.Host.Features.Documents;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Storage;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class DocumentTests(HostFixture host)
{
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
    private static readonly byte[] Markdown = Encoding.UTF8.GetBytes("# Garden\n\nTomatoes want water every day.\n");

    [Fact]
    public async Task A_document_is_uploaded_read_changed_and_deleted()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var created = await user.UploadAsync("Gärten & co.md", Markdown, "text/markdown");
        var path = $"/api/documents/{created.Id}";
        var sha256 = created.Body!["sha256"]!.GetValue<string>();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Markdown)), sha256);
        await Verifier.Verify(new
        {
            created = scrubber.Show(created),
            read = scrubber.Show(await user.GetAsync(path)),
            list = scrubber.Show(await user.GetAsync("/api/documents")),
            content = scrubber.Show(await user.GetAsync($"{path}/content")),
            versioned = scrubber.Show(await user.GetAsync($"{path}/content?v={sha256}")),
            range = scrubber.Show(await user.GetAsync($"{path}/content", ("Range", "bytes=2-7"))),
            suffix = scrubber.Show(await user.GetAsync($"{path}/content", ("Range", "bytes=-5"))),
            outside = scrubber.Show(await user.GetAsync($"{path}/content", ("Range", "bytes=1000-"))),
            renamed = scrubber.Show(await user.PatchAsync(path, new { filename = "garden.md" })),
            renamedMeanwhile = scrubber.Show(await user.PatchAsync(path, new { filename = "lost.md" }, ("If-Match", created.ETag))),
            renamedToPath = scrubber.Show(await user.PatchAsync(path, new { filename = "../garden.md" })),
            movedNowhere = scrubber.Show(await user.PatchAsync(path, new { areaId = Guid.Empty })),
            deleted = scrubber.Show(await user.DeleteAsync(path)),
            gone = scrubber.Show(await user.GetAsync($"{path}/content")),
        });
        Assert.Empty(await ObjectsAsync(created.Id));
    }

    [Fact]
    public async Task Unchanged_content_is_not_sent_again()
    {
        var user = await host.NewUserAsync();
        var id = (await user.UploadAsync("a.md", Markdown)).Id;
        var content = await user.GetAsync($"/api/documents/{id}/content");
        Assert.Equal(Markdown, content.Bytes);
        var again = await user.GetAsync($"/api/documents/{id}/content", ("If-None-Match", content.ETag));
        Assert.Equal((304, 0), (again.Status, again.Bytes.Length));
    }

    [Fact]
    public async Task A_signed_url_needs_no_token_and_cannot_be_changed()
    {
        var user = await host.NewUserAsync();
        var id = (await user.UploadAsync("a.md", Markdown)).Id;
        var url = (await user.GetAsync($"/api/documents/{id}/url")).Body!["url"]!.GetValue<string>();
        using var http = host.Host.Anonymous();

        Assert.Equal(Markdown, await http.GetByteArrayAsync(url));
        using var changed = await http.GetAsync(new Uri(new Uri(host.Host.Address, url), url.Replace(id.ToString("N"), Guid.NewGuid().ToString("N"), StringComparison.Ordinal)));
        Assert.Equal(403, (int)changed.StatusCode);
    }

    [Fact]
    public async Task The_type_is_what_the_bytes_say()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await Verifier.Verify(new
        {
            png = Kind(await user.UploadAsync("a.png", Png, "image/png")),
            undeclared = Kind(await user.UploadAsync("a.png", Png)),
            pngAsJpeg = scrubber.Show(await user.UploadAsync("a.jpg", Png, "image/jpeg")),
            htmlAsPng = scrubber.Show(await user.UploadAsync("a.png", "<!doctype html><script>alert(1)</script>"u8.ToArray(), "image/png")),
            program = scrubber.Show(await user.UploadAsync("a.exe", [0x4d, 0x5a, 0, 1, 2, 3, 0, 0])),
            json = Kind(await user.UploadAsync("a.json", "{\"a\": 1}"u8.ToArray(), "application/json")),
            csv = Kind(await user.UploadAsync("a.csv", "a,b\n1,2\n"u8.ToArray(), "text/csv")),
            pdf = Kind(await user.UploadAsync("a.pdf", "%PDF-1.7\n%âãÏÓ\n"u8.ToArray(), "application/pdf")),
            html = Kind(await user.UploadAsync("a.html", "<!doctype html><script>alert(1)</script>"u8.ToArray(), "text/html")),
        });
    }

    [Fact]
    public async Task Html_and_svg_are_only_served_as_attachments()
    {
        var user = await host.NewUserAsync();
        foreach (var (name, text) in new[] { ("a.html", "<!doctype html><script>alert(1)</script>"), ("a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>") })
        {
            var id = (await user.UploadAsync(name, Encoding.UTF8.GetBytes(text))).Id;
            var content = await user.GetAsync($"/api/documents/{id}/content");
            Assert.StartsWith("attachment", content.Headers["Content-Disposition"], StringComparison.Ordinal);
            Assert.Equal("nosniff", content.Headers["X-Content-Type-Options"]);
            Assert.Contains("sandbox", content.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_no_upload_is_refused_and_leaves_nothing()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await Verifier.Verify(new
        {
            noFile = scrubber.Show(await SendAsync(user, Part("spaceId", Guid.Empty.ToString()))),
            unknownField = scrubber.Show(await SendAsync(user, Part("colour", "red") + FilePart("a.md", "text"))),
            noId = scrubber.Show(await SendAsync(user, Part("spaceId", "seven") + FilePart("a.md", "text"))),
            unknownSpace = scrubber.Show(await SendAsync(user, Part("spaceId", Guid.Empty.ToString()) + FilePart("a.md", "text"))),
            fieldAfterFile = scrubber.Show(await SendAsync(user, FilePart("a.md", "text") + Part("spaceId", Guid.Empty.ToString()))),
            path = scrubber.Show(await SendAsync(user, FilePart("../../etc/passwd", "text"))),
            windowsPath = (await SendAsync(user, FilePart("C:\\\\boot.ini", "text"))).Status,
            noName = scrubber.Show(await SendAsync(user, FilePart("", "text"))),
            truncated = scrubber.Show(await SendRawAsync(user, FilePart("a.md", "text")[..^3])),
            truncatedAtPart = scrubber.Show(await SendRawAsync(user, FilePart("a.md", "text"))),
            noBoundary = scrubber.Show(await user.SendRawAsync(HttpMethod.Post, "/api/documents", "x", "multipart/form-data")),
            json = scrubber.Show(await user.PostAsync("/api/documents", new { filename = "a.md" })),
        });
        Assert.Equal(0, (await user.GetAsync("/api/documents")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_file_over_its_cap_is_413_and_leaves_nothing()
    {
        var user = await host.NewUserAsync();
        var text = new byte[10 * 1024 * 1024];
        text.AsSpan().Fill((byte)'x');
        Assert.Equal(201, (await user.UploadAsync("full.txt", text)).Status);

        var over = await user.UploadAsync("over.txt", [.. text, (byte)'x']);
        Assert.Equal((413, "too-large"), (over.Status, over.Code));

        var image = new byte[5 * 1024 * 1024 + 1];
        Png.CopyTo(image, 0);
        var overImage = await user.UploadAsync("over.png", image, "image/png");
        Assert.Equal((413, "too-large"), (overImage.Status, overImage.Code));
        Assert.Equal(1, (await user.GetAsync("/api/documents")).Body!["pagination"]!["total"]!.GetValue<int>());
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_client_that_hangs_up_in_the_middle_of_an_upload_leaves_nothing()
    {
        var user = await host.NewUserAsync();
        var address = host.Host.Address;
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(address.Host, address.Port);
            var head = $"POST /api/documents HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: {user.Http.DefaultRequestHeaders.Authorization}\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"half.txt\"\r\n\r\n" + new string('x', 200_000);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        }

        // The host is done with the request when it has noticed; until then, there is nothing to be seen of it either.
        await NothingIsLeftAsync();
        Assert.Equal(0, (await user.GetAsync("/api/documents")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Documents_are_found_by_text_place_kind_and_ids()
    {
        var user = await host.NewUserAsync();
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await user.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        var loose = (await user.UploadAsync("loose.md", Markdown)).Id;
        var inSpace = (await user.UploadAsync("space.png", Png, null, ("spaceId", $"{space}"))).Id;
        var inArea = (await user.UploadAsync("area.txt", "Roses and thorns"u8.ToArray(), null, ("areaId", $"{area}"))).Id;

        Assert.Equal([loose], await FoundAsync("q=TOMATOES"));
        Assert.Equal([inArea], await FoundAsync("q=area.txt"));
        Assert.Equal([inSpace, inArea], await FoundAsync($"spaceId={space}"));
        Assert.Equal([inArea], await FoundAsync($"areaId={area}"));
        Assert.Equal([inSpace], await FoundAsync("kind=image"));
        Assert.Equal([loose, inArea], await FoundAsync($"ids={loose},{inArea},{Guid.NewGuid()},seven"));
        Assert.Equal([inArea, loose, inSpace], await FoundAsync("", "filename"));
        Assert.Equal(400, (await user.GetAsync($"/api/documents?ids={string.Join(',', Enumerable.Range(0, 101))}")).Status);
        Assert.Equal(400, (await user.GetAsync("/api/documents?kind=song")).Status);

        async Task<Guid[]> FoundAsync(string filter, string sort = "createdAt") =>
            [.. (await user.GetAsync($"/api/documents?{filter}&sort={sort}")).Body!["data"]!.AsArray().Select(document => document!["id"]!.GetValue<Guid>())];
    }

    [Fact]
    public async Task A_text_that_is_cut_is_not_cut_within_a_character()
    {
        var user = await host.NewUserAsync();
        var text = "tomatoes " + new string(' ', 999_990) + string.Concat(Enumerable.Repeat("\U0001F345", 10));

        Assert.Equal(201, (await user.UploadAsync("long.txt", Encoding.UTF8.GetBytes(text))).Status);
        Assert.Equal(1, (await user.GetAsync("/api/documents?q=tomatoes")).Body!["pagination"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Deleting_a_space_deletes_the_objects_of_its_documents()
    {
        var user = await host.NewUserAsync();
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await user.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        var ids = new[] { (await user.UploadAsync("a.md", Markdown, null, ("spaceId", $"{space}"))).Id, (await user.UploadAsync("b.md", Markdown, null, ("areaId", $"{area}"))).Id };

        await user.DeleteAsync($"/api/spaces/{space}");
        await Get<ObjectLedger>().SweepAsync(default);

        Assert.Empty(await ObjectsAsync(ids));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_document_that_cannot_be_recorded_leaves_no_object()
    {
        var (store, objects, id) = (Get<DocumentStore>(), Get<IObjectStore>(), Guid.CreateVersion7());
        await using var upload = (await Get<UploadGate>().ReceiveAsync(new MemoryStream(Markdown), new() { MaximumBytes = 1000, FileName = "a.md" }, default)).Accepted!;
        // Its space is gone by the time its row is written.
        var document = new DocumentResource { Id = id, SpaceId = Guid.NewGuid(), Filename = "a.md", Kind = "document", ObjectKey = $"documents/{id:N}", CreatedAt = DateTimeOffset.UtcNow };

        await Assert.ThrowsAnyAsync<DbException>(() => store.AddAsync(document, upload, "ada", null, null, default));

        Assert.Null(await objects.StatAsync(document.ObjectKey));
        Assert.False(await IsLeftAsync(document.ObjectKey));
    }

    [Fact]
    public async Task What_a_dead_instance_left_of_an_upload_is_swept_after_an_hour_and_not_before()
    {
        var (ledger, objects) = (Get<ObjectLedger>(), Get<IObjectStore>());
        foreach (var (key, age, left) in new[] { ($"documents/{Guid.NewGuid():N}", 61, false), ($"documents/{Guid.NewGuid():N}", 59, true) })
        {
            await objects.PutAsync(key, new MemoryStream(Markdown));
            await Get<AppDatabase>().ExecuteAsync(
                "INSERT INTO stored_objects (object_key, state, owner, due_at, created_at) VALUES (@key, 'pending', 'ada', @due, @at)",
                new { key, at = DateTimeOffset.UtcNow.AddMinutes(-age), due = DateTimeOffset.UtcNow.AddMinutes(60 - age) }, default);

            await ledger.SweepAsync(default);

            Assert.Equal((left, left), (await IsLeftAsync(key), await objects.StatAsync(key) is not null));
        }
    }

    private T Get<T>()
        where T : notnull => host.Host.Services.GetRequiredService<T>();

    private async Task<bool> IsLeftAsync(string key) =>
        await Get<AppDatabase>().FindAsync<string>("SELECT object_key FROM stored_objects WHERE object_key = @key AND removed_at IS NULL", new { key }, default) is not null;

    private static object Kind(Answer answer) =>
        new { status = answer.Status, contentType = answer.Body!["contentType"]?.GetValue<string>(), kind = answer.Body["kind"]?.GetValue<string>() };

    private static string Part(string name, string value) => $"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

    private static string FilePart(string name, string text) => $"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n";

    private static Task<Answer> SendAsync(ApiClient user, string parts) => SendRawAsync(user, parts + "--b--\r\n");

    private static Task<Answer> SendRawAsync(ApiClient user, string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        return user.SendAsync(HttpMethod.Post, "/api/documents", content);
    }

    private async Task<List<string>> ObjectsAsync(params Guid[] documents)
    {
        var keys = new List<string>();
        await foreach (var item in Get<IObjectStore>().ListAsync("documents/"))
        {
            if (documents.Any(id => item.Key.Contains(id.ToString("N"), StringComparison.Ordinal)))
            {
                keys.Add(item.Key);
            }
        }

        return keys;
    }

    /// <summary>Every object belongs to a document or to an upload under way, none of which there is in the end.</summary>
    private async Task NothingIsLeftAsync()
    {
        var database = Get<AppDatabase>();
        var objects = Get<IObjectStore>();
        await Eventually.TrueAsync(async () =>
        {
            var owned = (await database.QueryAsync<string>("SELECT object_key FROM stored_objects WHERE removed_at IS NULL", new { }, default)).ToHashSet();
            await foreach (var item in objects.ListAsync("documents/"))
            {
                if (!owned.Contains(item.Key))
                {
                    return false;
                }
            }

            return true;
        });
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : DocumentTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : DocumentTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : DocumentTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : DocumentTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : DocumentTests(host);
}
