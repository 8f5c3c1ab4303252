using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class UploadScannerTests
{
    private static readonly UploadRules Rules = new() { MaximumBytes = 1_000_000, FileName = "notes.md" };
    private static readonly ScanVerdict Malware = ScanVerdict.Rejected("malware", "The file holds malware.");

    [Theory]
    [InlineData(100)]
    [InlineData(300_000)]
    public async Task A_scanner_reads_every_byte_and_what_is_known_of_them(int length)
    {
        byte[]? read = null;
        var scanner = new ScriptedScanner(async (input, _) =>
        {
            await using var content = input.OpenRead();
            Assert.False(content.CanWrite);
            read = await content.ReadToEndAsync();
            return ScanVerdict.Clean;
        });
        await using var storage = TestStorage.OnFiles(scanners: [scanner]);

        await using var upload = (await ReceiveAsync(storage, length)).Accepted!;

        Assert.Equal(await upload.OpenRead().ReadToEndAsync(), read);
        var seen = Assert.Single(scanner.Seen);
        Assert.Equal((upload.Size, upload.Sha256, "text/markdown"), (seen.Size, seen.Sha256, seen.ContentType));
    }

    [Fact]
    public async Task The_first_that_rejects_ends_it_and_leaves_nothing()
    {
        var (first, second, third) = (new ScriptedScanner(ScanVerdict.Clean), new ScriptedScanner(Malware), new ScriptedScanner(ScanVerdict.Clean));
        await using var storage = TestStorage.OnFiles(scanners: [first, second, third]);
        using var outcomes = new Measurements<long>(storage.Services.GetRequiredService<IMeterFactory>(), StorageDiagnostics.Uploads);

        var refusal = (await ReceiveAsync(storage, 300_000)).Refusal;

        Assert.Equal(new UploadRefusal(UploadRefusalReason.Rejected, "The file holds malware.", "text/markdown") { RejectionCode = "malware" }, refusal);
        Assert.Equal("rejected", refusal!.Code);
        Assert.Equal((1, 1, 0), (first.Seen.Count, second.Seen.Count, third.Seen.Count));
        Assert.Equal("rejected", Assert.Single(outcomes.All).Tags["outcome"]);
        Assert.Empty(OpenFiles.Of(storage.TemporaryFolder));
    }

    [Fact]
    public async Task What_breaks_another_rule_is_not_scanned()
    {
        var scanner = new ScriptedScanner(ScanVerdict.Clean);
        await using var storage = TestStorage.OnFiles(scanners: [scanner]);

        Assert.False((await storage.Gate.ReceiveAsync(new SourceStream(Samples.Png), Rules, default)).IsAccepted);
        Assert.False((await ReceiveAsync(storage, 1_000_001)).IsAccepted);

        Assert.Empty(scanner.Seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_scanner_that_throws_means_that_the_upload_is_not_taken(bool atOnce)
    {
        var scanner = new ScriptedScanner(async (_, _) =>
        {
            await (atOnce ? Task.CompletedTask : Task.Run(() => { }, CancellationToken.None));
            throw new InvalidDataException("the scanner is broken");
        });
        using var log = new LogLines();
        await using var storage = TestStorage.OnFiles(log: log, scanners: [scanner]);
        using var outcomes = new Measurements<long>(storage.Services.GetRequiredService<IMeterFactory>(), StorageDiagnostics.Uploads);

        var refusal = (await ReceiveAsync(storage, 300_000)).Refusal;

        Assert.Equal((UploadRefusalReason.ScanFailed, "scan-failed"), (refusal!.Reason, refusal.Code));
        Assert.Equal("scan-failed", Assert.Single(outcomes.All).Tags["outcome"]);
        Assert.Contains(log.All, line => line.StartsWith("Error: The upload scanner ScriptedScanner failed", StringComparison.Ordinal) && line.Contains("the scanner is broken"));
        Assert.DoesNotContain(log.All, line => line.Contains("notes.md"));
        Assert.Empty(OpenFiles.Of(storage.TemporaryFolder));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_scanner_that_takes_too_long_is_not_waited_for(bool listens)
    {
        var time = new FakeTimeProvider();
        var (called, never) = (new TaskCompletionSource(), new TaskCompletionSource<ScanVerdict>());
        var scanner = new ScriptedScanner(async (_, token) =>
        {
            called.SetResult();
            return await (listens ? never.Task.WaitAsync(token) : never.Task);
        });
        await using var storage = TestStorage.OnFiles(options => options.Uploads.ScanTimeout = TimeSpan.FromSeconds(5), time, scanners: [scanner]);

        var receiving = ReceiveAsync(storage, 300_000);
        await called.Task;
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(receiving.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(UploadRefusalReason.ScanFailed, (await receiving).Refusal!.Reason);
        Assert.Empty(OpenFiles.Of(storage.TemporaryFolder));
    }

    [Fact]
    public async Task Who_reads_on_after_the_time_is_up_finds_no_bytes_of_others()
    {
        var time = new FakeTimeProvider();
        var (called, never) = (new TaskCompletionSource(), new TaskCompletionSource<ScanVerdict>());
        Stream? kept = null;
        var scanner = new ScriptedScanner(async (input, _) =>
        {
            kept = input.OpenRead();
            called.TrySetResult();
            return await never.Task;
        });
        await using var storage = TestStorage.OnFiles(time: time, scanners: [scanner]);
        var receiving = ReceiveAsync(storage, 100);
        await called.Task;
        time.Advance(TimeSpan.FromSeconds(30));
        await receiving;

        await Assert.ThrowsAsync<ObjectDisposedException>(() => kept!.ReadToEndAsync());
    }

    [Fact]
    public async Task A_sender_that_goes_away_ends_the_scan_and_blames_nobody()
    {
        using var cancellation = new CancellationTokenSource();
        using var log = new LogLines();
        var (called, never) = (new TaskCompletionSource(), new TaskCompletionSource<ScanVerdict>());
        var scanner = new ScriptedScanner(async (_, _) =>
        {
            called.SetResult();
            return await never.Task;
        });
        await using var storage = TestStorage.OnFiles(log: log, scanners: [scanner]);

        var receiving = storage.Gate.ReceiveAsync(new SourceStream("text"u8.ToArray(), 300_000), Rules, cancellation.Token);
        await called.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        Assert.DoesNotContain(log.All, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.Empty(OpenFiles.Of(storage.TemporaryFolder));
    }

    [Theory]
    [InlineData("", "words")]
    [InlineData("malware", " ")]
    public void A_rejection_says_why(string code, string detail) => Assert.Throws<ArgumentException>(() => ScanVerdict.Rejected(code, detail));

    private static Task<UploadResult> ReceiveAsync(TestStorage storage, long length) =>
        storage.Gate.ReceiveAsync(new SourceStream("text"u8.ToArray(), length), Rules, default);
}
