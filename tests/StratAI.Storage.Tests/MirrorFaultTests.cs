using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

/// <summary>What becomes of a store while it or its mirror fails.</summary>
public sealed class MirrorFaultTests : IAsyncLifetime
{
    private readonly FaultyStore _mirror = new(TestStorage.OnFiles());
    private readonly FaultyStore _primary = new(TestStorage.OnFiles());
    private readonly LogLines _log = new();
    private readonly MirrorOptions _options = new();
    private TestStorage _storage = null!;
    private Measurements<long> _writes = null!;
    private Measurements<long> _reads = null!;

    private object _mirrored = null!;

    private IObjectStore Store => (IObjectStore)_mirrored;

    private IObjectMirror Copies => (IObjectMirror)_mirrored;

    public Task InitializeAsync()
    {
        _storage = TestStorage.OnFilesWith(
            (builder, _) =>
            {
                builder.Services.AddKeyedSingleton<IObjectStore>("mirror", _mirror);
                builder.MirrorTo("mirror");
            },
            log: _log);
        var meters = _storage.Services.GetRequiredService<IMeterFactory>();
        _writes = new(meters, StorageDiagnostics.MirrorWrites);
        _reads = new(meters, StorageDiagnostics.MirrorReads);
        _mirrored = new Internal.MirroredObjectStore(
            _primary,
            _mirror,
            _options,
            _storage.Services.GetRequiredService<Internal.StorageMetrics>(),
            _storage.Services.GetRequiredService<Microsoft.Extensions.Logging.ILogger<MirrorFaultTests>>());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _writes.Dispose();
        _reads.Dispose();
        await _storage.DisposeAsync();
        await _mirror.DisposeAsync();
        await _primary.DisposeAsync();
    }

    [Fact]
    public async Task A_write_that_the_mirror_misses_is_done_logged_and_counted_and_made_up_for()
    {
        _mirror.Fails = true;
        await Store.PutTextAsync("secret-name", "x");
        await Store.CopyAsync("secret-name", "b");
        _mirror.Fails = false;

        Assert.Equal("x", await Store.ReadTextAsync("secret-name"));
        Assert.Empty(await ((IObjectStore)_mirror).ListAsync("").ToListAsync());
        Assert.Equal(["put failed", "copy failed"], Outcomes(_writes, "operation"));
        var line = Assert.Single(_log.All, line => line.Contains("did not follow a put", StringComparison.Ordinal));
        Assert.StartsWith("Warning: The mirror did not follow a put (Unavailable): ", line, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.All, logged => logged.Contains("secret-name", StringComparison.Ordinal));
        Assert.Equal(2, (await Copies.CopyMissingAsync()).Copied);
        Assert.Equal("x", await _mirror.ReadTextAsync("secret-name"));
    }

    [Fact]
    public async Task Where_the_mirror_is_required_a_write_that_it_misses_fails()
    {
        _options.RequireMirror = true;
        _mirror.Fails = true;

        await Store.PutTextAsync("a", "x").FailsWithAsync(ObjectStoreFailure.Unavailable);

        Assert.Equal("x", await _primary.ReadTextAsync("a"));
        _options.ReadWhenMissing = false;
        await Store.DeleteAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable);
    }

    [Fact]
    public async Task A_write_that_the_store_itself_refuses_never_reaches_the_mirror()
    {
        _primary.Fails = true;

        await Store.PutTextAsync("a", "x").FailsWithAsync(ObjectStoreFailure.Unavailable);
        await Store.DeleteAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable);

        Assert.Empty(_writes.All);
        Assert.Null(await ((IObjectStore)_mirror).StatAsync("a"));
    }

    [Fact]
    public async Task A_deletion_that_the_mirror_fails_fails_where_the_object_would_still_be_read()
    {
        await Store.PutTextAsync("a", "x");
        _mirror.Fails = true;

        await Store.DeleteAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable);
        await Store.DeleteManyAsync(["a"]).FailsWithAsync(ObjectStoreFailure.Unavailable);
        _options.ReadWhenMissing = false;
        await Store.DeleteAsync("a");
        Assert.Empty(await Store.DeleteManyAsync(["a"]));

        _mirror.Fails = false;
        Assert.Null(await Store.StatAsync("a"));
        Assert.Equal(["put ok", "delete failed", "delete failed", "delete failed", "delete failed"], Outcomes(_writes, "operation"));
    }

    [Fact]
    public async Task What_the_store_does_not_have_is_read_from_the_mirror()
    {
        await _mirror.PutTextAsync("only there", "theirs");

        Assert.Equal("theirs", await Store.ReadTextAsync("only there"));
        Assert.Equal(6, (await Store.StatAsync("only there"))!.Size);
        Assert.Null(await Store.StatAsync("nowhere"));
        await Store.PutTextAsync("only there", "x", new() { OnlyIfAbsent = true }).FailsWithAsync(ObjectStoreFailure.PreconditionFailed);
        Assert.Equal("a copy", (await Store.CopyAsync("only there", "a copy"))!.Key);
        Assert.Equal("theirs", await _primary.ReadTextAsync("a copy"));
        Assert.Equal(["missing ok", "missing ok", "missing not_found", "missing ok", "missing ok"], Outcomes(_reads, "reason"));

        _mirror.Fails = true;
        Assert.Null(await Store.StatAsync("only there"));
        Assert.Equal("missing failed", Outcomes(_reads, "reason")[^1]);
        _options.RequireMirror = true;
        await Store.StatAsync("only there").FailsWithAsync(ObjectStoreFailure.Unavailable);
        _options.ReadWhenMissing = false;
        Assert.Null(await Store.StatAsync("only there"));
    }

    [Fact]
    public async Task While_the_store_is_away_reads_go_to_the_mirror_only_if_allowed()
    {
        await Store.PutTextAsync("a", "x");
        _primary.Fails = true;

        await Store.GetAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable);
        _options.ReadWhenUnavailable = true;
        Assert.Equal("x", await Store.ReadTextAsync("a"));
        await Store.GetAsync("nowhere").FailsWithAsync(ObjectStoreFailure.Unavailable);
        _mirror.Fails = true;
        await Store.GetAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable);

        Assert.Equal(["unavailable ok", "unavailable not_found", "unavailable failed"], Outcomes(_reads, "reason"));
    }

    [Fact]
    public async Task A_copy_of_what_is_missing_ends_with_an_outage_and_goes_on_from_where_it_was()
    {
        for (var i = 0; i < 12; i++)
        {
            await _primary.PutTextAsync($"{i:D2}", "x");
        }

        MirrorProgress? last = null;
        var progress = new Progress(value => (last, _mirror.Fails) = (value, true));
        await Copies.CopyMissingAsync(progress: progress).FailsWithAsync(ObjectStoreFailure.Unavailable);
        _mirror.Fails = false;

        Assert.Equal(("03", 4L), (last!.LastKey, last.Copied));
        Assert.Equal(8, (await Copies.CopyMissingAsync(after: last.LastKey)).Copied);
        Assert.Equal(12, (await ((IObjectStore)_mirror).ListAsync("").ToListAsync()).Count);
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_does_not_keep_the_others_from_being_copied()
    {
        await _primary.PutTextAsync("a", "x");
        await _primary.PutTextAsync("b", "x");
        await _primary.PutTextAsync("c", "x");
        _primary.Corrupt = "b";

        var done = await Copies.CopyMissingAsync();

        Assert.Equal((3L, 2L, 1L), (done.Compared, done.Copied, done.Failed));
        Assert.Equal(["a", "c"], (await ((IObjectStore)_mirror).ListAsync("").ToListAsync()).Select(info => info.Key));
    }

    [Fact]
    public async Task An_object_written_after_its_copy_is_copied_again_though_its_size_is_the_same()
    {
        await _mirror.PutTextAsync("a", "old");
        var later = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(1));
        await using var primary = TestStorage.OnFiles(time: later);
        var store = new Internal.MirroredObjectStore(
            primary.Store, _mirror, _options, _storage.Services.GetRequiredService<Internal.StorageMetrics>(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await primary.Store.PutTextAsync("a", "new");

        Assert.Equal(1, (await ((IObjectMirror)store).CopyMissingAsync()).Copied);
        Assert.Equal("new", await _mirror.ReadTextAsync("a"));
    }

    [Fact]
    public async Task A_mirror_that_is_not_registered_or_mirrors_itself_is_a_mistake_told_in_words()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddStratAIStorage(options => options.FileSystem.Root = _storage.Folder).MirrorTo("lost");
        using var host = builder.Build();
        Assert.Equal(
            "The mirror 'lost' of the default store is not registered: call AddKeyedStratAIStorage with that key.",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync())).Message);

        var services = new ServiceCollection();
        services.AddKeyedStratAIStorage("a").MirrorTo("b").MirrorTo("b");
        Assert.Throws<InvalidOperationException>(() => services.AddKeyedStratAIStorage("a").MirrorTo("c"));
        services.AddKeyedStratAIStorage("b").MirrorTo("c");
        var circle = Assert.Throws<InvalidOperationException>(() => services.AddKeyedStratAIStorage("c").MirrorTo("a"));
        Assert.Equal("MirrorTo makes the store 'c' a mirror of itself.", circle.Message);
        Assert.Throws<InvalidOperationException>(() => services.AddKeyedStratAIStorage("d").MirrorTo("d"));
    }

    private static List<string> Outcomes(Measurements<long> measured, string tag)
    {
        Assert.All(measured.All, point => Assert.Equal(2, point.Tags.Count));
        return [.. measured.All.Select(point => $"{point.Tags[tag]} {point.Tags["outcome"]}")];
    }

    private sealed class Progress(Action<MirrorProgress> report) : IProgress<MirrorProgress>
    {
        public void Report(MirrorProgress value) => report(value);
    }
}
