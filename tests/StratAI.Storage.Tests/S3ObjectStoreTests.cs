using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class S3ObjectStoreTests() : ObjectStoreContract(TestStorage.OnS3())
{
    protected override string ExpectedMode => "distributed";

    [Fact]
    public async Task A_wrong_secret_is_denied()
    {
        await using var wrong = TestStorage.OnS3(s3 =>
        {
            s3.SecretKey = "not-the-secret";
            s3.CreateBucket = false;
        });
        await Store.PutTextAsync(Prefix + "a", "x");

        await wrong.Store.PutTextAsync(Prefix + "b", "x").FailsWithAsync(ObjectStoreFailure.Denied);
        await wrong.Store.GetAsync(Prefix + "a").FailsWithAsync(ObjectStoreFailure.Denied);
        await wrong.Store.StatAsync(Prefix + "a").FailsWithAsync(ObjectStoreFailure.Denied);
        await wrong.Store.DeleteAsync(Prefix + "a").FailsWithAsync(ObjectStoreFailure.Denied);
        await wrong.Store.ListAsync(Prefix).ToListAsync().FailsWithAsync(ObjectStoreFailure.Denied);
        Assert.Equal("x", await Store.ReadTextAsync(Prefix + "a"));
    }

    [Fact]
    public async Task A_wrong_secret_is_denied_also_where_the_bucket_would_be_created()
    {
        await using var wrong = TestStorage.OnS3(s3 => s3.SecretKey = "not-the-secret");

        await wrong.Store.StatAsync(Prefix + "a").FailsWithAsync(ObjectStoreFailure.Denied);
    }

    [Fact]
    public async Task A_missing_bucket_is_unavailable_and_not_a_missing_object()
    {
        await using var missing = TestStorage.OnS3(s3 =>
        {
            s3.Bucket = "stratai-missing-" + Guid.NewGuid().ToString("N")[..12];
            s3.CreateBucket = false;
        });

        await missing.Store.PutTextAsync("a", "x").FailsWithAsync(ObjectStoreFailure.Unavailable);
        await missing.Store.GetAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable);
        await missing.Store.StatAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable);
        await missing.Store.DeleteAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable);
        await missing.Store.ListAsync("").ToListAsync().FailsWithAsync(ObjectStoreFailure.Unavailable);
    }

    [Fact]
    public async Task A_missing_bucket_is_made_at_first_use_by_whoever_comes_first()
    {
        var bucket = "stratai-made-" + Guid.NewGuid().ToString("N")[..12];
        await using var first = TestStorage.OnS3(s3 => s3.Bucket = bucket);
        await using var second = TestStorage.OnS3(s3 => s3.Bucket = bucket);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? first : second).Store.PutTextAsync($"{i}", "x")));

        Assert.Equal(8, (await first.Store.ListAsync("").ToListAsync()).Count);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_unavailable_at_once_for_all_who_wait()
    {
        foreach (var create in new[] { true, false })
        {
            await using var down = TestStorage.OnS3(s3 =>
            {
                s3.Endpoint = $"http://127.0.0.1:{FreePort()}";
                s3.CreateBucket = create;
            });
            var watch = Stopwatch.StartNew();

            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => down.Store.StatAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable)));
            await down.Store.PutTextAsync("a", "x").FailsWithAsync(ObjectStoreFailure.Unavailable);
            await down.Store.GetAsync("a").FailsWithAsync(ObjectStoreFailure.Unavailable);
            await down.Store.ListAsync("a").ToListAsync().FailsWithAsync(ObjectStoreFailure.Unavailable);

            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public async Task A_silent_server_is_given_up_after_the_timeout()
    {
        using var server = new ScriptedServer();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var silent = TestStorage.OnS3(server.Configure, time);

        var reading = silent.Store.GetAsync("a");
        using var connection = await server.AcceptAsync();
        await connection.ReadRequestAsync();
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await reading.FailsWithAsync(ObjectStoreFailure.Unavailable);
    }

    [Fact]
    public async Task A_body_that_stalls_is_given_up_but_a_slow_reader_is_not_the_servers_fault()
    {
        using var server = new ScriptedServer();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var stalling = TestStorage.OnS3(server.Configure, time);

        var opening = stalling.Store.GetAsync("a");
        using var connection = await server.AcceptAsync();
        await connection.ReadRequestAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 12\r\n\r\nhalf");
        await using var content = await opening;

        time.Advance(TimeSpan.FromHours(1));
        var buffer = new byte[4];
        await content!.Stream.ReadExactlyAsync(buffer);
        time.Advance(TimeSpan.FromHours(1));
        await connection.SendAsync("more");
        await content.Stream.ReadExactlyAsync(buffer);
        Assert.Equal("more", Encoding.ASCII.GetString(buffer));

        var stalled = content.Stream.ReadAsync(buffer).AsTask();
        time.Advance(TimeSpan.FromSeconds(15));
        await stalled.FailsWithAsync(ObjectStoreFailure.Unavailable);
    }

    [Fact]
    public async Task Of_a_body_longer_than_declared_the_server_never_gets_the_last_byte()
    {
        using var server = new ScriptedServer();
        await using var storage = TestStorage.OnS3(server.Configure);
        // A read ends exactly at the declared length; had the server all it expects, it would commit a cut object.
        var source = new SourceStream(new byte[100_000], 300_001);

        var writing = storage.Store.PutAsync("a", source, new() { Length = 300_000 });
        using var connection = await server.AcceptAsync();
        var received = await connection.CountBodyAsync();

        await writing.FailsWithAsync(ObjectStoreFailure.Corrupt);
        Assert.InRange(received, 1, 299_999);
    }

    [Fact]
    public async Task A_slow_source_is_not_the_servers_fault_either()
    {
        using var server = new ScriptedServer();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var storage = TestStorage.OnS3(server.Configure, time);
        var release = new TaskCompletionSource();
        var source = new SourceStream(new byte[100]) { StopAt = 50, Until = release.Task };

        var writing = storage.Store.PutAsync("a", source, new() { Length = 100 });
        using var connection = await server.AcceptAsync();
        await source.Reached;
        time.Advance(TimeSpan.FromHours(1));
        release.SetResult();
        await connection.ReadRequestAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(100, (await writing).Size);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_unavailable_and_never_just_shorter()
    {
        using var server = new ScriptedServer();
        await using var breaking = TestStorage.OnS3(server.Configure);

        var opening = breaking.Store.GetAsync("a");
        using (var connection = await server.AcceptAsync())
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 8\r\n\r\nhalf");
        }

        await using var content = await opening;
        await content!.Stream.ReadToEndAsync().FailsWithAsync(ObjectStoreFailure.Unavailable);
    }

    [Theory]
    [InlineData("503 Slow Down\r\nRetry-After: 7", "<Error><Code>SlowDown</Code></Error>", ObjectStoreFailure.Unavailable, 7)]
    [InlineData("500 Internal Server Error", "<html>oops", ObjectStoreFailure.Unavailable, null)]
    [InlineData("409 Conflict", "<Error><Code>ConditionalRequestConflict</Code></Error>", ObjectStoreFailure.Unavailable, null)]
    [InlineData("400 Bad Request", "<Error><Code>EntityTooLarge</Code></Error>", ObjectStoreFailure.TooLarge, null)]
    [InlineData("400 Bad Request", "<Error><Code>BadDigest</Code></Error>", ObjectStoreFailure.Corrupt, null)]
    [InlineData("400 Bad Request", "<Error><Code>KeyTooLongError</Code></Error>", ObjectStoreFailure.InvalidKey, null)]
    [InlineData("400 Bad Request", "<Error><Code>AuthorizationQueryParametersError</Code></Error>", ObjectStoreFailure.Denied, null)]
    [InlineData("403 Forbidden", "<Error><Code>InvalidAccessKeyId</Code></Error>", ObjectStoreFailure.Denied, null)]
    [InlineData("403 Forbidden", "<Error><Code>QuotaExceeded</Code></Error>", ObjectStoreFailure.Full, null)]
    [InlineData("507 Insufficient Storage", "", ObjectStoreFailure.Full, null)]
    [InlineData("412 Precondition Failed", "", ObjectStoreFailure.PreconditionFailed, null)]
    [InlineData("301 Moved Permanently\r\nLocation: http://127.0.0.1:1/", "", ObjectStoreFailure.Unavailable, null)]
    public async Task What_a_server_answers_becomes_a_typed_failure(string status, string body, ObjectStoreFailure failure, int? retryAfter)
    {
        using var server = new ScriptedServer();
        await using var storage = TestStorage.OnS3(server.Configure);

        var writing = storage.Store.PutTextAsync("a", "x");
        using var connection = await server.AcceptAsync();
        await connection.ReadRequestAsync();
        await connection.SendAsync($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        var thrown = await Assert.ThrowsAsync<ObjectStoreException>(() => writing);
        Assert.Equal((failure, retryAfter), (thrown.Failure, (int?)thrown.RetryAfter?.TotalSeconds));
    }

    [Fact]
    public async Task A_body_of_known_length_is_sent_with_it_and_metadata_is_signed()
    {
        using var server = new ScriptedServer();
        await using var storage = TestStorage.OnS3(server.Configure);

        var writing = storage.Store.PutTextAsync("a b", "12345", new() { Metadata = new Dictionary<string, string> { ["Name"] = "v" }, OnlyIfAbsent = true });
        using var connection = await server.AcceptAsync();
        var request = await connection.ReadRequestAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n");
        await writing;

        Assert.StartsWith("PUT /scripted/a%20b?", request, StringComparison.Ordinal);
        Assert.Contains("X-Amz-SignedHeaders=host%3Bx-amz-meta-name", request, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 5\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nif-none-match: *\r\n", request, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("chunked", request, StringComparison.OrdinalIgnoreCase);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
