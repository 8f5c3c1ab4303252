using System.Security.Cryptography;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class UploadGateTests : IAsyncDisposable
{
    private static readonly UploadRules Rules = new() { MaximumBytes = 10_000_000, MaximumImageBytes = 5_000_000 };
    private readonly TestStorage _storage = TestStorage.OnFiles();

    private UploadGate Gate => _storage.Gate;

    public ValueTask DisposeAsync() => _storage.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(64 * 1024 - 1)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(1_000_001)]
    public async Task An_accepted_upload_has_size_hash_type_and_every_byte(int length)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26))).ToArray();

        var result = await Gate.ReceiveAsync(new SourceStream(bytes), Rules with { FileName = "notes.md" }, default);

        Assert.True(result.IsAccepted);
        Assert.Null(result.Refusal);
        await using var upload = result.Accepted;
        Assert.Equal((length, "text/markdown", false, false), ((int)upload.Size, upload.ContentType, upload.IsImage, upload.AttachmentOnly));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), upload.Sha256);
        Assert.Equal(bytes, await upload.OpenRead().ReadToEndAsync());
        Assert.Equal(bytes, await upload.OpenRead().ReadToEndAsync());
    }

    [Fact]
    public async Task A_saved_upload_has_its_detected_type_and_can_be_saved_again()
    {
        await using var upload = (await Gate.ReceiveAsync(new SourceStream(Samples.Png), Rules, default)).Accepted!;

        var first = await upload.SaveAsync(_storage.Store, "a");
        await upload.SaveAsync(_storage.Store, "b");

        Assert.True(upload.IsImage);
        Assert.Equal(("image/png", upload.Sha256), (first.ContentType, first.ETag));
        Assert.Equal(Samples.Png, await _storage.Store.ReadAsync("b"));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>", "text/html")]
    [InlineData("<svg onload='alert(1)'/>", "image/svg+xml")]
    public async Task What_runs_scripts_is_taken_but_flagged(string text, string type)
    {
        await using var upload = (await Gate.ReceiveAsync(new SourceStream(Samples.Text(text)), Rules, default)).Accepted!;

        Assert.Equal((type, true, false), (upload.ContentType, upload.AttachmentOnly, upload.IsImage));
    }

    [Fact]
    public async Task A_body_at_the_limit_is_taken_and_one_byte_more_stops_the_reading_at_once()
    {
        var atLimit = await Gate.ReceiveAsync(new SourceStream("text"u8.ToArray(), 1_000_000), Rules with { MaximumBytes = 1_000_000 }, default);
        await using var upload = atLimit.Accepted;
        Assert.Equal(1_000_000, upload!.Size);

        var endless = new SourceStream("text"u8.ToArray(), long.MaxValue);
        var refused = await Gate.ReceiveAsync(endless, Rules with { MaximumBytes = 1_000_000 }, default);

        AssertRefused(refused, UploadRefusalReason.TooLarge, "too-large");
        Assert.Equal(1_000_000, refused.Refusal!.Limit);
        Assert.Equal(1_000_001, endless.BytesRead);
    }

    [Fact]
    public async Task An_image_has_its_own_limit_in_force_as_soon_as_it_shows()
    {
        byte[] image = [.. Samples.Jpeg, .. new byte[100_000]];
        var endless = new SourceStream(image, long.MaxValue);

        var refused = await Gate.ReceiveAsync(endless, Rules with { MaximumImageBytes = 70_000 }, default);
        var small = await Gate.ReceiveAsync(new SourceStream(Samples.Jpeg), Rules with { MaximumImageBytes = 10 }, default);

        AssertRefused(refused, UploadRefusalReason.TooLarge, "too-large");
        Assert.Equal((70_000L, "image/jpeg"), (refused.Refusal!.Limit, refused.Refusal.DetectedType));
        Assert.Equal(70_001, endless.BytesRead);
        AssertRefused(small, UploadRefusalReason.TooLarge, "too-large");
    }

    [Fact]
    public async Task A_lie_is_refused_without_reading_on()
    {
        var endless = new SourceStream([.. Samples.Exe, .. new byte[100]], long.MaxValue);

        var refused = await Gate.ReceiveAsync(endless, Rules with { DeclaredContentType = "image/png" }, default);

        AssertRefused(refused, UploadRefusalReason.ContentMismatch, "content-mismatch");
        Assert.InRange(endless.BytesRead, 1, 64 * 1024);
    }

    [Fact]
    public async Task Html_declared_as_an_image_is_a_mismatch_that_names_both()
    {
        var rules = Rules with { DeclaredContentType = "image/png", FileName = "a.png" };

        var refused = await Gate.ReceiveAsync(new SourceStream(Samples.Text("<!doctype html>")), rules, default);

        AssertRefused(refused, UploadRefusalReason.ContentMismatch, "content-mismatch");
        Assert.Equal("text/html", refused.Refusal!.DetectedType);
        Assert.Equal("The file is declared as image/png, but its bytes are text/html.", refused.Refusal.Detail);
    }

    [Fact]
    public async Task Types_outside_the_allowed_ones_are_refused()
    {
        var onlyPng = Rules with { AllowedTypes = new HashSet<string> { "image/png" } };
        foreach (var (bytes, rules) in new[] { (Samples.Zip, Rules), (Samples.Docm, Rules), (Samples.Exe, Rules), (Samples.Pdf, onlyPng) })
        {
            var refused = await Gate.ReceiveAsync(new SourceStream(bytes), rules, default);
            AssertRefused(refused, UploadRefusalReason.TypeNotAllowed, "type-not-allowed");
        }
    }

    [Fact]
    public async Task An_empty_body_is_refused() =>
        AssertRefused(await Gate.ReceiveAsync(new SourceStream([]), Rules, default), UploadRefusalReason.Empty, "empty");

    [Fact]
    public async Task A_body_that_breaks_off_passes_its_exception_on_and_leaves_no_file()
    {
        var failure = new IOException("the client went away");
        var source = new SourceStream("text"u8.ToArray(), 1_000_000) { StopAt = 300_000, Failure = failure };

        Assert.Same(failure, await Record.ExceptionAsync(() => Gate.ReceiveAsync(source, Rules, default)));

        Assert.Empty(OpenTemporaryFiles());
    }

    [Fact]
    public async Task Cancelling_in_the_middle_ends_the_reading_and_leaves_no_file()
    {
        using var cancellation = new CancellationTokenSource();
        var source = new SourceStream("text"u8.ToArray(), 1_000_000) { StopAt = 300_000, Until = new TaskCompletionSource().Task };

        var receiving = Gate.ReceiveAsync(source, Rules, cancellation.Token);
        await source.Reached;
        Assert.NotEmpty(OpenTemporaryFiles());
        Assert.Empty(Directory.GetFileSystemEntries(_storage.TemporaryFolder));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        Assert.Empty(OpenTemporaryFiles());
    }

    [Fact]
    public async Task Refused_and_disposed_uploads_give_their_file_back()
    {
        await Gate.ReceiveAsync(new SourceStream("text"u8.ToArray(), 1_000_000), Rules with { DeclaredContentType = "image/png" }, default);
        Assert.Empty(OpenTemporaryFiles());

        var accepted = (await Gate.ReceiveAsync(new SourceStream("text"u8.ToArray(), 1_000_000), Rules, default)).Accepted!;
        Assert.NotEmpty(OpenTemporaryFiles());
        await accepted.DisposeAsync();

        Assert.Empty(OpenTemporaryFiles());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepted.OpenRead().ReadToEndAsync());
    }

    [Fact]
    public async Task A_temporary_folder_that_cannot_be_written_is_the_servers_failure_and_not_the_bodys()
    {
        await using var storage = TestStorage.OnFiles(options => options.Uploads.TemporaryFolder = "/proc/version");

        var receiving = storage.Gate.ReceiveAsync(new SourceStream("text"u8.ToArray(), 100_000), Rules, default);

        await receiving.FailsWithAsync(ObjectStoreFailure.Unavailable);
    }

    [Fact]
    public async Task Rules_without_room_are_the_callers_mistake()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Gate.ReceiveAsync(Stream.Null, new() { MaximumBytes = 0 }, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Gate.ReceiveAsync(Stream.Null, Rules with { MaximumImageBytes = 0 }, default));
    }

    private static void AssertRefused(UploadResult result, UploadRefusalReason reason, string code)
    {
        Assert.False(result.IsAccepted);
        Assert.Null(result.Accepted);
        Assert.Equal((reason, code), (result.Refusal.Reason, result.Refusal.Code));
    }

    private List<string> OpenTemporaryFiles() => OpenFiles.Of(_storage.TemporaryFolder);
}
