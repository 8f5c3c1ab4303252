using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Host.Database;
using StratAI.Host.Features.Documents;
using StratAI.Host.Security;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Storage;
using StratAI.Testing;

namespace StratAI.Host.Tests;

public abstract class DirectUploadTests(HostFixture host)
{
    private static readonly byte[] Markdown = Encoding.UTF8.GetBytes("# Garden\n\nTomatoes want water every day.\n");
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private IObjectStore Objects => Get<IObjectStore>();

    [Fact]
    public async Task A_document_is_uploaded_straight_to_the_object_store()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var begun = await user.BeginUploadAsync("Gärten & co.md", "text/markdown", Markdown, ("sha256", Convert.ToHexString(SHA256.HashData(Markdown))));
        var path = $"/api/documents/{begun.UploadId()}";
        await Verifier.Verify(new
        {
            begun = Show(scrubber, begun),
            tooEarly = scrubber.Show(await user.CompleteUploadAsync(begun)),
            notYetADocument = (await user.GetAsync(path)).Status,
            sent = await user.SendBytesAsync(begun, Markdown),
            completed = scrubber.Show(await user.CompleteUploadAsync(begun)),
            completedAgain = scrubber.Show(await user.CompleteUploadAsync(begun)),
            read = scrubber.Show(await user.GetAsync(path)),
            found = scrubber.Show(await user.GetAsync("/api/documents?q=tomatoes")),
            content = scrubber.Show(await user.GetAsync($"{path}/content")),
            deleted = (await user.DeleteAsync(path)).Status,
            gone = scrubber.Show(await user.CompleteUploadAsync(begun)),
        });
        Assert.InRange(begun.Body!["expiresAt"]!.GetValue<DateTimeOffset>() - DateTimeOffset.UtcNow, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24.1));
        await NothingIsLeftAsync(user);
    }

    [Fact]
    public async Task What_cannot_be_begun_is_refused_by_field()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        await Verifier.Verify(new
        {
            nothing = await BeginAsync(new { }),
            path = await BeginAsync(new { filename = "../a.md", contentType = "text/markdown", size = 1 }),
            noType = await BeginAsync(new { filename = "a.md", contentType = "markdown", size = 1 }),
            lineInType = await BeginAsync(new { filename = "a.md", contentType = "text/plain;\nq=1", size = 1 }),
            longType = await BeginAsync(new { filename = "a.md", contentType = "text/" + new string('x', 251), size = 1 }),
            empty = await BeginAsync(new { filename = "a.md", contentType = "text/markdown", size = 0 }),
            fraction = await BeginAsync(new { filename = "a.md", contentType = "text/markdown", size = 1.5 }),
            tooLarge = await BeginAsync(new { filename = "a.md", contentType = "text/markdown", size = 10 * 1024 * 1024 + 1 }),
            hash = await BeginAsync(new { filename = "a.md", contentType = "text/markdown", size = 1, sha256 = "abc" }),
            unknown = await BeginAsync(new { filename = "a.md", contentType = "text/markdown", size = 1, colour = "red" }),
            unknownSpace = await BeginAsync(new { filename = "a.md", contentType = "text/markdown", size = 1, spaceId = Guid.Empty }),
        });

        async Task<object> BeginAsync(object body) => scrubber.Show(await user.PostAsync("/api/documents/uploads", body));
    }

    [Fact]
    public async Task What_was_not_declared_is_refused_and_can_be_sent_again()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var image = new byte[5 * 1024 * 1024 + 1];
        Png.CopyTo(image, 0);
        var hash = await user.BeginUploadAsync("a.md", "text/markdown", Markdown, ("sha256", Convert.ToHexString(SHA256.HashData(Markdown))));
        await Verifier.Verify(new
        {
            otherLength = await user.SendBytesAsync(hash, Markdown[1..]),
            otherHash = await SendAsync(hash, [.. Markdown.Reverse()]),
            refusedIsGone = scrubber.Show(await user.CompleteUploadAsync(hash)),
            // As if the server had not held the client to the length it signed.
            otherSize = await StoreAsync(hash, Markdown[1..]),
            farTooLarge = await StoreAsync(hash, new byte[10 * 1024 * 1024 + 1]),
            right = await SendAsync(hash, Markdown),
            htmlAsPng = await SendAsync(await user.BeginUploadAsync("a.png", "image/png", "<!doctype html><p>a</p>"u8.ToArray()), "<!doctype html><p>a</p>"u8.ToArray()),
            program = await SendAsync(await user.BeginUploadAsync("a.bin", "application/octet-stream", "MZ\0\u0001"u8.ToArray()), "MZ\0\u0001"u8.ToArray()),
            largeImage = await SendAsync(await user.BeginUploadAsync("a.png", "application/octet-stream", image), image),
        });
        await NothingIsLeftAsync(user);

        async Task<object> SendAsync(Answer begun, byte[] bytes)
        {
            Assert.InRange(await user.SendBytesAsync(begun, bytes), 200, 204);
            return scrubber.Show(await user.CompleteUploadAsync(begun));
        }

        async Task<object> StoreAsync(Answer begun, byte[] bytes)
        {
            await Objects.PutAsync(KeyOf(begun), new MemoryStream(bytes));
            return scrubber.Show(await user.CompleteUploadAsync(begun));
        }
    }

    [Fact]
    public async Task Many_completions_at_once_on_two_instances_make_one_document()
    {
        var user = await host.NewUserAsync();
        var there = await host.Other.SignInAsync(user.User);
        var begun = await user.BeginUploadAsync("a.md", "text/markdown", Markdown);
        await user.SendBytesAsync(begun, Markdown);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? user : there).CompleteUploadAsync(begun)));

        Assert.All(answers, answer => Assert.True(answer.Status == 201 && answer.Id == begun.UploadId(), answer.Text));
        Assert.Single(answers.Select(answer => answer.Text).Distinct());
        Assert.Single((await user.GetAsync("/api/documents")).Body!["data"]!.AsArray());
        await NothingIsLeftAsync(user);
    }

    [Fact]
    public async Task A_url_that_is_still_good_changes_nothing_and_what_it_stores_is_swept_at_its_end()
    {
        var user = await host.NewUserAsync();
        var begun = await user.BeginUploadAsync("a.md", "text/markdown", Markdown);
        await user.SendBytesAsync(begun, Markdown);
        var id = (await user.CompleteUploadAsync(begun)).Id;

        await user.SendBytesAsync(begun, [.. Markdown.Reverse()]);

        Assert.Equal(Markdown, (await user.GetAsync($"/api/documents/{id}/content")).Bytes);
        await SweepAsync(TimeSpan.FromHours(24));
        Assert.NotNull(await Objects.StatAsync(KeyOf(begun)));
        await SweepAsync(TimeSpan.FromHours(24.5));
        Assert.Null(await Objects.StatAsync(KeyOf(begun)));
        Assert.Equal(Markdown, (await user.GetAsync($"/api/documents/{id}/content")).Bytes);
    }

    [Fact]
    public async Task What_is_never_completed_expires_and_leaves_nothing()
    {
        var scrubber = new Scrubber();
        var user = await host.NewUserAsync();
        var begun = await user.BeginUploadAsync("a.md", "text/markdown", Markdown);
        await user.SendBytesAsync(begun, Markdown);
        var end = begun.Body!["expiresAt"]!.GetValue<DateTimeOffset>();

        var late = Make<DirectUploads>(end);
        var (document, problem) = await late.CompleteAsync(begun.UploadId(), new CurrentUser(user.User, ""), default);
        Assert.Null(document);
        Assert.Equal((410, "upload-expired"), (problem!.Status, problem.Code));

        await Get<AppDatabase>().ExecuteAsync("UPDATE direct_uploads SET expires_at = @at WHERE id = @id", new { id = begun.UploadId(), at = DateTimeOffset.UtcNow.AddSeconds(-1) }, default);
        var expired = await user.CompleteUploadAsync(begun);
        await SweepAsync(TimeSpan.FromHours(25));
        await Verifier.Verify(new { expired = scrubber.Show(expired), forgotten = scrubber.Show(await user.CompleteUploadAsync(begun)) });
        Assert.Null(await Objects.StatAsync(KeyOf(begun)));
    }

    [Fact]
    public async Task The_place_is_checked_at_both_ends()
    {
        var owner = await host.NewUserAsync("owner");
        var editor = await host.NewUserAsync("editor");
        var space = await owner.CreateAsync("/api/spaces", new { name = "Household" });
        var area = await owner.CreateAsync($"/api/spaces/{space}/areas", new { name = "Garden" });
        await RoleAsync("viewer");
        Assert.Equal(403, (await BeginAsync("spaceId", space)).Status);
        Assert.Equal(403, (await BeginAsync("areaId", area)).Status);

        await RoleAsync("editor");
        var begun = await BeginAsync("areaId", area);
        var foreign = await owner.CompleteUploadAsync(begun);
        Assert.Equal((404, "not-found"), (foreign.Status, foreign.Code));
        await RoleAsync("viewer");
        Assert.Equal(403, (await editor.CompleteUploadAsync(begun)).Status);
        await owner.DeleteAsync($"/api/spaces/{space}/members/{editor.User}");
        Assert.Equal(404, (await editor.CompleteUploadAsync(begun)).Status);

        await RoleAsync("editor");
        var completed = await editor.CompleteUploadAsync(begun);
        Assert.Equal((201, space, area), (completed.Status, completed.Body!["spaceId"]!.GetValue<Guid>(), completed.Body["areaId"]!.GetValue<Guid>()));

        var lost = await BeginAsync("areaId", area);
        await owner.DeleteAsync($"/api/spaces/{space}");
        Assert.Equal(404, (await editor.CompleteUploadAsync(lost)).Status);
        await NothingIsLeftAsync(editor);

        Task<Answer> RoleAsync(string role) => owner.PutAsync($"/api/spaces/{space}/members/{editor.User}", new { role });

        async Task<Answer> BeginAsync(string name, Guid place)
        {
            var begun = await editor.BeginUploadAsync("a.md", "text/markdown", Markdown, (name, place));
            if (begun.Status == 201)
            {
                await editor.SendBytesAsync(begun, Markdown);
            }

            return begun;
        }
    }

    [Fact]
    public async Task A_store_that_fails_during_a_completion_leaves_the_upload_and_nothing_else()
    {
        var user = await host.NewUserAsync();
        var begun = await user.BeginUploadAsync("a.md", "text/markdown", Markdown);
        await user.SendBytesAsync(begun, Markdown);
        // It copies, and then neither reads nor deletes.
        var store = FailingStore.Over(Objects, nameof(IObjectStore.GetAsync), nameof(IObjectStore.DeleteAsync));
        var failing = Make<DirectUploads>(DateTimeOffset.UtcNow, store, Make<ObjectLedger>(DateTimeOffset.UtcNow, store));

        await Assert.ThrowsAsync<ObjectStoreException>(() => failing.CompleteAsync(begun.UploadId(), new CurrentUser(user.User, ""), default));

        await Get<ObjectLedger>().SweepAsync(default);
        await NothingIsLeftAsync(user);
        Assert.Equal(201, (await user.CompleteUploadAsync(begun)).Status);
    }

    [Fact]
    public async Task The_same_idempotency_key_begins_one_upload()
    {
        var user = await host.NewUserAsync();
        var body = new { filename = "a.md", contentType = "text/markdown", size = Markdown.Length };
        var first = await user.PostAsync("/api/documents/uploads", body, ("Idempotency-Key", "one"));
        var again = await user.PostAsync("/api/documents/uploads", body, ("Idempotency-Key", "one"));

        Assert.Equal((first.Text, "true"), (again.Text, again.Headers["Idempotency-Replayed"]));
        Assert.Equal(422, (await user.PostAsync("/api/documents/uploads", new { filename = "b.md", contentType = "text/markdown", size = 1 }, ("Idempotency-Key", "one"))).Status);
    }

    [Fact]
    public async Task By_configuration_files_are_sent_as_forms_and_equal_ones_share_an_object()
    {
        await using var instance = new HostInstance(host.SettingsApart(("Documents:DirectUploads", "Post"), ("Documents:Deduplicate", "true")));
        var user = await instance.SignInAsync($"ada-{Guid.NewGuid():N}");
        var keys = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var begun = await user.BeginUploadAsync("a.md", "text/markdown", Markdown);
            Assert.Equal("POST", begun.Body!["method"]!.GetValue<string>());
            Assert.InRange(await user.SendBytesAsync(begun, [.. Markdown, 1]), 400, 499);
            Assert.Equal(409, (await user.CompleteUploadAsync(begun)).Status);
            Assert.Equal(204, await user.SendBytesAsync(begun, Markdown));
            var completed = await user.CompleteUploadAsync(begun);
            Assert.True(completed.Status == 201, completed.Text);
            Assert.Equal(Markdown, (await user.GetAsync($"/api/documents/{completed.Id}/content")).Bytes);
            keys.Add((await instance.Services.GetRequiredService<AppDatabase>().FindAsync<string>("SELECT object_key FROM documents WHERE id = @Id", new { completed.Id }, default))!);
        }

        Assert.Equal(keys[0], keys[1]);
    }

    private static string KeyOf(Answer begun) => $"uploads/{begun.UploadId():N}";

    /// <summary>The URL is the store's matter, and another in each shape.</summary>
    private static object Show(Scrubber scrubber, Answer begun)
    {
        var body = begun.Body!.AsObject();
        Assert.Contains(KeyOf(begun), body["url"]!.GetValue<string>(), StringComparison.Ordinal);
        body["url"] = "url";
        return scrubber.Show(begun with { Bytes = JsonSerializer.SerializeToUtf8Bytes(body) });
    }

    private T Get<T>()
        where T : notnull => host.Host.Services.GetRequiredService<T>();

    /// <summary>A service of the host whose clock stands at another time.</summary>
    private T Make<T>(DateTimeOffset now, params object[] more) => ActivatorUtilities.CreateInstance<T>(host.Host.Services, [new FakeTimeProvider(now), .. more]);

    private async Task SweepAsync(TimeSpan later)
    {
        await Make<ObjectLedger>(DateTimeOffset.UtcNow + later).SweepAsync(default);
        await Make<DirectUploadStore>(DateTimeOffset.UtcNow + later).SweepAsync(default);
    }

    /// <summary>Every object is on record, and none of the user's is pending but what clients may still put.</summary>
    private async Task NothingIsLeftAsync(ApiClient user)
    {
        var database = Get<AppDatabase>();
        Assert.Empty(await database.QueryAsync<string>(
            "SELECT object_key FROM stored_objects WHERE state = 'pending' AND owner = @User AND object_key NOT LIKE 'uploads/%'", new { user.User }, default));
        var known = await database.QueryAsync<string>("SELECT object_key FROM stored_objects WHERE removed_at IS NULL", new { }, default);
        await foreach (var item in Objects.ListAsync("documents/"))
        {
            Assert.Contains(item.Key, known);
        }
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : DirectUploadTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : DirectUploadTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : DirectUploadTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : DirectUploadTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : DirectUploadTests(host);
}
