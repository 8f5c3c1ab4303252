using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

/// <summary>What every store promises, run against each of them.</summary>
public abstract partial class ObjectStoreContract : IAsyncLifetime
{
    private readonly TestStorage _storage;

    protected ObjectStoreContract(TestStorage storage)
    {
        _storage = storage;
        // Stores may be shared: every test keeps to keys of its own.
        Prefix = Guid.NewGuid().ToString("N") + "/";
    }

    protected string Prefix { get; }

    protected TestStorage Storage => _storage;

    protected IObjectStore Store => _storage.Store;

    protected abstract string ExpectedMode { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _storage.DisposeAsync();

    [Fact]
    public void Mode_says_where_the_objects_are() => Assert.Equal(ExpectedMode, Store.Mode);

    [Fact]
    public async Task Put_then_get_gives_the_bytes_and_everything_stored_with_them()
    {
        var options = new PutOptions
        {
            ContentType = "text/plain; charset=utf-8",
            Metadata = new Dictionary<string, string> { ["Author-Id"] = "42", ["note"] = "a  b=c&d/e~\"f\"" },
        };
        var before = DateTimeOffset.UtcNow.AddSeconds(-2);

        var put = await Store.PutTextAsync(Prefix + "a.txt", "hello", options);
        await using var content = await Store.GetAsync(Prefix + "a.txt");
        var stat = await Store.StatAsync(Prefix + "a.txt");

        Assert.Equal("hello", Encoding.UTF8.GetString(await content!.Stream.ReadToEndAsync()));
        Assert.Null(content.Range);
        Assert.Equal(5, content.Length);
        foreach (var info in new[] { put, content.Info, stat! })
        {
            Assert.Equal(Prefix + "a.txt", info.Key);
            Assert.Equal(5, info.Size);
            Assert.Equal("text/plain; charset=utf-8", info.ContentType);
            Assert.Equal(put.ETag, info.ETag);
            Assert.InRange(info.LastModified, before, DateTimeOffset.UtcNow.AddSeconds(2));
            Assert.Equal([("author-id", "42"), ("note", "a  b=c&d/e~\"f\"")], info.Metadata.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)));
        }

        Assert.DoesNotContain('"', put.ETag);
    }

    [Fact]
    public async Task Put_replaces_bytes_type_and_metadata_and_changes_the_etag()
    {
        var first = await Store.PutTextAsync(Prefix + "a", "one", new() { ContentType = "text/csv", Metadata = new Dictionary<string, string> { ["x"] = "1" } });
        var second = await Store.PutTextAsync(Prefix + "a", "two!");

        Assert.NotEqual(first.ETag, second.ETag);
        Assert.Equal("two!", await Store.ReadTextAsync(Prefix + "a"));
        var stat = await Store.StatAsync(Prefix + "a");
        Assert.Equal(("application/octet-stream", 0, 4L), (stat!.ContentType, stat.Metadata.Count, stat.Size));
    }

    [Fact]
    public async Task Missing_objects_are_null_and_deleting_one_twice_is_no_error()
    {
        Assert.Null(await Store.GetAsync(Prefix + "no"));
        Assert.Null(await Store.GetAsync(Prefix + "no", Range(5)));
        Assert.Null(await Store.StatAsync(Prefix + "no"));
        Assert.Empty(await Store.ListAsync(Prefix).ToListAsync());

        await Store.PutTextAsync(Prefix + "a", "x");
        await Store.DeleteAsync(Prefix + "a");
        await Store.DeleteAsync(Prefix + "a");
        Assert.Null(await Store.StatAsync(Prefix + "a"));
    }

    [Fact]
    public async Task An_object_may_be_empty()
    {
        await Store.PutTextAsync(Prefix + "empty", "");

        Assert.Empty((await Store.ReadAsync(Prefix + "empty"))!);
        Assert.Equal(0, (await Store.StatAsync(Prefix + "empty"))!.Size);
        await Store.GetAsync(Prefix + "empty", Range(0)).FailsWithAsync(ObjectStoreFailure.RangeNotSatisfiable);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(1_000_003)]
    public async Task A_stream_of_unknown_length_is_stored_whole(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        var info = await Store.PutAsync(Prefix + "stream", new SourceStream(bytes));

        Assert.Equal(length, info.Size);
        Assert.Equal(bytes, await Store.ReadAsync(Prefix + "stream"));
    }

    [Fact]
    public async Task A_seekable_stream_is_stored_from_where_it_stands()
    {
        var stream = new MemoryStream("0123456789"u8.ToArray()) { Position = 4 };

        await Store.PutAsync(Prefix + "rest", stream);

        Assert.Equal("456789", await Store.ReadTextAsync(Prefix + "rest"));
        Assert.True(stream.CanRead);
    }

    [Theory]
    [InlineData(99, 100)]
    [InlineData(101, 100)]
    [InlineData(0, 100)]
    [InlineData(300_000, 300_001)]
    public async Task A_stream_of_another_length_than_declared_stores_nothing(long declared, long actual)
    {
        await Store.PutTextAsync(Prefix + "kept", "before");

        var source = new SourceStream(new byte[100_000], actual);
        await Store.PutAsync(Prefix + "kept", source, new() { Length = declared }).FailsWithAsync(ObjectStoreFailure.Corrupt);

        Assert.Equal("before", await Store.ReadTextAsync(Prefix + "kept"));
    }

    [Theory]
    [InlineData(0, 1L, "0")]
    [InlineData(3, 4L, "3456")]
    [InlineData(8, 100L, "89")]
    [InlineData(9, null, "9")]
    [InlineData(0, null, "0123456789")]
    [InlineData(5, long.MaxValue, "56789")]
    public async Task A_range_gives_just_those_bytes(long offset, long? length, string expected)
    {
        await Store.PutTextAsync(Prefix + "digits", "0123456789");

        await using var content = await Store.GetAsync(Prefix + "digits", Range(offset, length));

        Assert.Equal(expected, Encoding.UTF8.GetString(await content!.Stream.ReadToEndAsync()));
        Assert.Equal(new ByteRange(offset, expected.Length), content.Range);
        Assert.Equal((10, expected.Length), (content.Info.Size, content.Length));
    }

    [Fact]
    public async Task A_range_after_the_end_is_not_satisfiable_and_a_senseless_one_is_the_callers_mistake()
    {
        await Store.PutTextAsync(Prefix + "digits", "0123456789");

        await Store.GetAsync(Prefix + "digits", Range(10)).FailsWithAsync(ObjectStoreFailure.RangeNotSatisfiable);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.GetAsync(Prefix + "digits", Range(-1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.GetAsync(Prefix + "digits", Range(0, 0)));
    }

    [Fact]
    public async Task Only_if_absent_lets_one_of_many_writers_win()
    {
        // All have sent their bytes before the first may finish, so that they meet where it is decided; and that several times.
        foreach (var key in Enumerable.Range(0, 20).Select(i => $"{Prefix}once/{i}"))
        {
            var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var sources = Enumerable.Range(1, 8).Select(i => new SourceStream([(byte)i]) { StopAt = 1, Until = release.Task }).ToArray();
            var writers = sources.Select(source => TryPutAsync(key, source)).ToArray();
            await Task.WhenAll(sources.Select(source => source.Reached));
            release.SetResult();

            var won = (await Task.WhenAll(writers)).Index().Where(writer => writer.Item).ToList();

            Assert.Equal([(byte)(Assert.Single(won).Index + 1)], (await Store.ReadAsync(key))!);
        }
    }

    [Fact]
    public async Task Only_if_absent_refuses_a_taken_key_until_it_is_free_again()
    {
        await Store.PutTextAsync(Prefix + "once", "first", new() { OnlyIfAbsent = true });
        await Store.PutTextAsync(Prefix + "once", "late", new() { OnlyIfAbsent = true }).FailsWithAsync(ObjectStoreFailure.PreconditionFailed);
        Assert.Equal("first", await Store.ReadTextAsync(Prefix + "once"));
        await Store.DeleteAsync(Prefix + "once");
        await Store.PutTextAsync(Prefix + "once", "again", new() { OnlyIfAbsent = true });
        Assert.Equal("again", await Store.ReadTextAsync(Prefix + "once"));
    }

    private async Task<bool> TryPutAsync(string key, Stream content)
    {
        try
        {
            await Store.PutAsync(key, content, new() { OnlyIfAbsent = true, Length = 1 });
            return true;
        }
        catch (ObjectStoreException exception) when (exception.Failure == ObjectStoreFailure.PreconditionFailed)
        {
            return false;
        }
    }

    [Fact]
    public async Task What_the_callers_stream_throws_reaches_the_caller_and_nothing_is_stored()
    {
        foreach (var failure in new Exception[] { new IOException("the client went away"), new InvalidOperationException("broken"), new BadImageFormatException() })
        {
            foreach (var length in new long?[] { null, 1_000_000 })
            {
                var source = new SourceStream(new byte[1_000_000]) { StopAt = 500_000, Failure = failure };

                var thrown = await Record.ExceptionAsync(() => Store.PutAsync(Prefix + "broken", source, new() { Length = length }));

                Assert.Same(failure, thrown);
                Assert.Null(await Store.StatAsync(Prefix + "broken"));
            }
        }
    }

    [Fact]
    public async Task Cancelling_a_write_ends_it_and_keeps_what_was_there()
    {
        await Store.PutTextAsync(Prefix + "kept", "before");
        foreach (var length in new long?[] { null, 1_000_000 })
        {
            using var cancellation = new CancellationTokenSource();
            var source = new SourceStream(new byte[1_000_000]) { StopAt = 300_000, Until = new TaskCompletionSource().Task };

            var writing = Store.PutAsync(Prefix + "kept", source, new() { Length = length }, cancellation.Token);
            await source.Reached;
            await cancellation.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
            Assert.Equal("before", await Store.ReadTextAsync(Prefix + "kept"));
        }
    }

    [Fact]
    public async Task A_cancelled_token_ends_every_operation()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Store.PutTextAsync(Prefix + "a", "x");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync(Prefix + "a", new MemoryStream([1]), null, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.GetAsync(Prefix + "a", null, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.StatAsync(Prefix + "a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.DeleteAsync(Prefix + "a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ListAsync(Prefix, null, cancelled).ToListAsync());
        Assert.Equal("x", await Store.ReadTextAsync(Prefix + "a"));
    }

    [Fact]
    public async Task A_reader_keeps_the_object_it_opened_while_it_is_replaced_and_deleted()
    {
        var first = new byte[200_000];
        Array.Fill(first, (byte)1);
        await Store.PutAsync(Prefix + "a", new MemoryStream(first));

        await using var content = await Store.GetAsync(Prefix + "a");
        await Store.PutAsync(Prefix + "a", new MemoryStream(new byte[100]));
        await Store.DeleteAsync(Prefix + "a");

        Assert.Equal(first, await content!.Stream.ReadToEndAsync());
    }

    [Fact]
    public async Task Options_that_no_server_would_keep_are_refused()
    {
        foreach (var options in new PutOptions[]
        {
            new() { ContentType = "" },
            new() { ContentType = "text/plain\r\nX: y" },
            new() { ContentType = "nonsense" },
            new() { Length = -1 },
            new() { Metadata = new Dictionary<string, string> { ["a b"] = "x" } },
            new() { Metadata = new Dictionary<string, string> { ["name"] = "é" } },
            new() { Metadata = new Dictionary<string, string> { ["name"] = "a\nb" } },
            new() { Metadata = new Dictionary<string, string> { ["name"] = "" } },
            new() { Metadata = new Dictionary<string, string> { ["name"] = new('x', 2048) } },
        })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.PutTextAsync(Prefix + "a", "x", options));
        }

        Assert.Null(await Store.StatAsync(Prefix + "a"));
    }

    [Fact]
    public async Task Health_check_reports_the_mode()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(Store);
        services.AddHealthChecks().AddStratAIStorage();

        await using var provider = services.BuildServiceProvider();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal((HealthStatus.Healthy, ExpectedMode), (report.Entries["storage"].Status, report.Entries["storage"].Description));
    }

    private static GetOptions Range(long offset, long? length = null) => new() { Range = new(offset, length) };
}
