using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;
using StratAI.Testing.Redis;

namespace StratAI.Storage.Tests.Faults;

/// <summary>Nothing waits for ever for a server, and a caller who gives up is let go at once.</summary>
public sealed class S3DeadlineTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public static TheoryData<string> Operations => new(FaultTable.Operations.Keys);

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task An_answer_that_drips_is_given_up_after_the_timeout(string operation)
    {
        await using var s3 = new FaultyS3(retries: 2, _time);
        s3.Proxy.Always = new Fault.Drip();

        var running = s3.RunAsync(operation);
        await Eventually.TrueAsync(() => s3.Proxy.Dripped > 2, "the answer has begun");
        Assert.False(running.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(15));

        await running.FailsWithAsync(ObjectStoreFailure.Unavailable);
        Assert.Equal(1, s3.Proxy.Requests);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Cancelling_ends_the_wait_for_an_answer(string operation)
    {
        await using var s3 = new FaultyS3(retries: 2);
        s3.Proxy.Always = new Fault.Drip();
        using var cancellation = new CancellationTokenSource();

        var running = s3.RunAsync(operation, cancellation.Token);
        await Eventually.TrueAsync(() => s3.Proxy.Dripped > 2, "the answer has begun");
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running).WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_stops_reading_ends_neither_the_write_nor_the_caller(bool cancels)
    {
        await using var s3 = new FaultyS3(retries: 2, _time);
        s3.Proxy.Always = new Fault.StopReading();
        using var cancellation = new CancellationTokenSource();
        var source = new SourceStream(new byte[1 << 16], long.MaxValue);

        var writing = s3.Store.PutAsync(s3.Prefix + "a", source, new() { Length = 1L << 32 }, cancellation.Token);
        // The buffers on the way fill up, and then the write waits for the server.
        await Eventually.TrueAsync(() => IsStillAsync(source), "nothing more is taken");
        Assert.False(writing.IsCompleted);

        if (cancels)
        {
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing).WaitAsync(TimeSpan.FromSeconds(10));
        }
        else
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await writing.FailsWithAsync(ObjectStoreFailure.Unavailable);
        }

        // The stream is the caller's again.
        Assert.True(await IsStillAsync(source));
        Assert.Null(await s3.Direct.StatAsync(s3.Prefix + "a"));
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_the_rest_of_a_body()
    {
        using var server = new ScriptedServer();
        await using var storage = TestStorage.OnS3(server.Configure);
        using var cancellation = new CancellationTokenSource();

        var opening = storage.Store.GetAsync("a");
        using var connection = await server.AcceptAsync();
        await connection.ReadRequestAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 8\r\n\r\nhalf");
        await using var content = await opening;
        await content!.Stream.ReadExactlyAsync(new byte[4]);
        var reading = content.Stream.ReadAsync(new byte[4], cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading).WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_silent_server_does_not_hold_up_the_making_of_the_bucket()
    {
        await using var s3 = new FaultyS3(retries: 2, _time, configure: options => options.CreateBucket = true);
        s3.Proxy.Always = new Fault.StopReading();

        var waiting = Enumerable.Range(0, 10).Select(_ => s3.RunAsync("delete")).ToList();
        await Eventually.TrueAsync(() => s3.Proxy.Requests == 1, "the bucket is asked for");
        _time.Advance(TimeSpan.FromSeconds(15));

        foreach (var one in waiting)
        {
            await one.FailsWithAsync(ObjectStoreFailure.Unavailable);
        }
    }

    private static async Task<bool> IsStillAsync(SourceStream source)
    {
        var before = source.BytesRead;
        // Not a synchronisation: that nothing moves is what is looked for.
        await Task.Delay(100);
        return before > 0 && source.BytesRead == before;
    }
}
