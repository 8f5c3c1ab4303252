using Microsoft.Extensions.DependencyInjection;
using StratAI.Host.Database;
using StratAI.Host.Features.Chat.Tools;
using StratAI.Host.Features.Documents.Extraction;
using StratAI.Host.Tests.Infrastructure;
using Waiting = StratAI.Testing.Redis.Eventually;

namespace StratAI.Host.Tests.Extraction;

/// <summary>What is in a PDF or an Office file is found and quoted, and what cannot be read harms nobody.</summary>
public abstract class ExtractionTests(HostFixture host)
{
    [Fact]
    public async Task What_a_file_says_is_found_and_quoted_on_every_instance()
    {
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        var pdf = await UploadAsync(user, "report.pdf", TextFiles.Pdf("Nothing here.", "Tomatoes want water every day."), space);
        var docx = await UploadAsync(user, "letter.docx", TextFiles.Docx("Dear Ada,", "Roses want pruning in March."), space);
        var tag = (await user.GetAsync($"/api/documents/{pdf}")).ETag;

        await FoundAsync(elsewhere, "tomatoes water", pdf);
        await FoundAsync(elsewhere, "pruning dear", docx);
        await QuotedAsync(user, space, "What do tomatoes want?", "water every day");
        await QuotedAsync(elsewhere, space, "When are roses pruned?", "pruning in March");
        // Nothing of the document that clients see has changed.
        Assert.Equal(304, (await user.GetAsync($"/api/documents/{pdf}", ("If-None-Match", tag))).Status);
        Assert.Equal(0, await LeftAsync(pdf, docx));
    }

    [Fact]
    public async Task A_text_that_comes_late_is_quoted_where_the_document_was_known_without_one()
    {
        var user = await host.NewUserAsync();
        var elsewhere = await host.Other.SignInAsync(user.User);
        var space = await user.CreateAsync("/api/spaces", new { name = "Household" });
        // Due in an hour.
        var id = await AddAsync(user, TextTypes.Docx, TextFiles.Docx("Tulips want sun."), TimeSpan.FromHours(1), space);
        foreach (var client in new[] { user, elsewhere })
        {
            Assert.DoesNotContain("sun", (await client.ChatAsync(new { spaceId = space, documentIds = new[] { id }, message = "What do tulips want?" })).Text, StringComparison.Ordinal);
        }

        await Database.ExecuteAsync("UPDATE document_texts SET due_at = @now WHERE document_id = @id", new { id, now = DateTimeOffset.UtcNow }, default);
        host.Host.Services.GetRequiredService<TextWorker>().Wake();

        await FoundAsync(user, "tulips", id);
        await QuotedAsync(user, space, "What do tulips want?", "Tulips want sun.");
        await QuotedAsync(elsewhere, space, "What do tulips want?", "Tulips want sun.");
    }

    [Fact]
    public async Task A_text_that_comes_late_is_found_by_the_search_that_had_found_nothing()
    {
        var user = await host.NewUserAsync();
        var id = await AddAsync(user, TextTypes.Docx, TextFiles.Docx("Tulips want sun."), TimeSpan.FromHours(1));
        var search = host.Host.Services.GetServices<ChatTool>().Single(tool => tool.Name == "search_documents");
        Assert.DoesNotContain("sun", await SearchAsync(), StringComparison.Ordinal);

        await Database.ExecuteAsync("UPDATE document_texts SET due_at = @now WHERE document_id = @id", new { id, now = DateTimeOffset.UtcNow }, default);
        host.Host.Services.GetRequiredService<TextWorker>().Wake();

        await Waiting.TrueAsync(async () => (await SearchAsync()).Contains("sun", StringComparison.Ordinal), "the text is found");

        async Task<string> SearchAsync() => (await search.RunAsync(new(user.User, Guid.Empty, "", default), new() { ["query"] = "tulips" }, default)).Json;
    }

    [Fact]
    public async Task What_cannot_be_read_is_a_document_without_text()
    {
        var user = await host.NewUserAsync();
        var encrypted = await UploadAsync(user, "secret.pdf", TextFiles.EncryptedPdf());
        var broken = await UploadAsync(user, "broken.pdf", "%PDF-1.7\nnonsense"u8.ToArray());
        var blank = await UploadAsync(user, "scan.pdf", TextFiles.Pdf(" "));

        await Waiting.TrueAsync(async () => await ReasonAsync(encrypted) == "Encrypted", "the encrypted one is given up");
        await Waiting.TrueAsync(async () => await ReasonAsync(broken) == "Unreadable", "the broken one is given up");
        await Waiting.TrueAsync(async () => await LeftAsync(blank) == 0, "the scan is done");

        Assert.Equal(3, (await user.GetAsync("/api/documents")).Body!["pagination"]!["total"]!.GetValue<int>());
        Assert.Equal("%PDF-1.7\nnonsense", (await user.GetAsync($"/api/documents/{broken}/content")).Text);
        await FoundAsync(user, "broken", broken);
        Assert.NotEmpty((await user.ChatAsync(new { documentIds = new[] { encrypted, broken, blank }, message = "What is there?" })).Text);
    }

    [Fact]
    public async Task A_direct_upload_and_a_document_in_the_database_are_read_alike()
    {
        var user = await host.NewUserAsync();
        var bytes = TextFiles.Docx("Hydrangeas want acid soil.");
        var begun = await user.BeginUploadAsync("direct.docx", TextTypes.Docx, bytes);
        await user.SendBytesAsync(begun, bytes);
        Assert.Equal(201, (await user.CompleteUploadAsync(begun)).Status);
        var legacy = await AddAsync(user, TextTypes.Docx, TextFiles.Docx("Tulips want sun."), TimeSpan.FromMinutes(-1));
        var plain = await AddAsync(user, "text/plain", "Roses\0 want shade."u8.ToArray(), TimeSpan.FromMinutes(-1));
        // Nobody has uploaded these, so the worker does not know yet.
        host.Host.Services.GetRequiredService<TextWorker>().Wake();

        await FoundAsync(user, "acid hydrangeas", begun.UploadId());
        await FoundAsync(user, "tulips", legacy);
        await FoundAsync(user, "roses shade", plain);
    }

    private AppDatabase Database => host.Host.Services.GetRequiredService<AppDatabase>();

    private static async Task<Guid> UploadAsync(ApiClient user, string filename, byte[] bytes, Guid? space = null)
    {
        var answer = await user.UploadAsync(filename, bytes, null, space is null ? [] : [("spaceId", $"{space}")]);
        Assert.True(answer.Status == 201, answer.Text);
        return answer.Id;
    }

    /// <summary>A document as it was before the object store, whose bytes are in the database.</summary>
    private async Task<Guid> AddAsync(ApiClient user, string contentType, byte[] content, TimeSpan fromNow, Guid? space = null)
    {
        var id = Guid.CreateVersion7();
        await Database.ExecuteAsync(
            """
            INSERT INTO documents (id, user_id, space_id, filename, content_type, size, sha256, kind, content_base64, created_at, updated_at)
            VALUES (@id, @User, @space, 'old', @contentType, 70, '', 'document', @text, @at, @at)
            """,
            new { id, user.User, space, contentType, text = Convert.ToBase64String(content), at = DateTimeOffset.UtcNow + fromNow }, default);
        return id;
    }

    private static Task QuotedAsync(ApiClient user, Guid space, string message, string text) => Waiting.TrueAsync(
        async () => (await user.ChatAsync(new { spaceId = space, message })).Text.Contains(text, StringComparison.Ordinal), $"'{text}' is quoted");

    private static Task FoundAsync(ApiClient user, string q, Guid id) => Waiting.TrueAsync(
        async () => (await user.GetAsync($"/api/documents?q={Uri.EscapeDataString(q)}&ids={id}")).Body!["data"]!.AsArray().Count == 1, $"'{q}' is found");

    private Task<string?> ReasonAsync(Guid id) => Database.FindAsync<string>("SELECT reason FROM document_texts WHERE document_id = @id AND state = 'failed'", new { id }, default);

    private Task<int> LeftAsync(params Guid[] ids) => Database.FindAsync<int>(
        $"SELECT count(*) FROM document_texts WHERE {Database.Dialect.In("document_id", "@ids")}", new { ids = Database.Dialect.List(ids) }, default);

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ExtractionTests(host);

    [Collection(DistributedShape.Name)]
    public sealed class Distributed(DistributedHost host) : ExtractionTests(host);

    [Collection(PooledShape.Name)]
    public sealed class Pooled(PooledHost host) : ExtractionTests(host);

    [Collection(SentinelShape.Name)]
    public sealed class Sentinel(SentinelHost host) : ExtractionTests(host);

    [Collection(ClusterShape.Name)]
    public sealed class Cluster(ClusterHost host) : ExtractionTests(host);
}
