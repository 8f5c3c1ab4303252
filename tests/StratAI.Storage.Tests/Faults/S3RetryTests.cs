using System.Security.Cryptography;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;
using StratAI.Testing.Redis;
using System.Diagnostics.Metrics;

namespace StratAI.Storage.Tests.Faults;

/// <summary>How often, how soon and how long requests are made again, and when not at all.</summary>
public sealed class S3RetryTests
{
    private static readonly Fault Slow = FaultTable.Answer("503 Slow Down", "<Error><Code>SlowDown</Code></Error>");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_request_is_made_again_as_often_as_the_options_say(int retries)
    {
        await using var s3 = new FaultyS3(retries);
        using var counted = s3.Retries();
        s3.Proxy.Always = Slow;

        await s3.RunAsync("delete").FailsWithAsync(ObjectStoreFailure.Unavailable);

        Assert.Equal(retries + 1, s3.Proxy.Requests);
        Assert.Equal(retries, counted.All.Count(repeated => repeated is { Value: 1 } && (string?)repeated.Tags["operation"] == "delete"));
    }

    [Theory]
    [InlineData("400 Bad Request", "InvalidRequest")]
    [InlineData("403 Forbidden", "AccessDenied")]
    [InlineData("409 Conflict", "OperationAborted")]
    [InlineData("501 Not Implemented", "NotImplemented")]
    [InlineData("507 Insufficient Storage", "")]
    public async Task What_would_fail_again_is_not_made_again(string status, string code)
    {
        await using var s3 = new FaultyS3(retries: 2);
        s3.Proxy.Always = FaultTable.Answer(status, $"<Error><Code>{code}</Code></Error>");

        await Assert.ThrowsAsync<ObjectStoreException>(() => s3.RunAsync("put"));

        Assert.Equal(1, s3.Proxy.Requests);
    }

    [Fact]
    public async Task A_server_is_left_alone_for_as_long_as_it_asks_for()
    {
        await using var s3 = new FaultyS3(retries: 2, _time);
        await s3.PrepareAsync();
        using var counted = s3.Retries();
        s3.Proxy.Faults.Enqueue(FaultTable.Answer("503 Slow Down", "", "Retry-After: 4\r\n"));

        var running = s3.RunAsync("stat");
        await Eventually.TrueAsync(() => counted.All.Count == 1, "the first request was answered");
        await Task.Yield();
        _time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Equal(1, s3.Proxy.Requests);

        await Eventually.TrueAsync(() => Advance(0.1, running), "the second is made");
        await running;
        Assert.Equal(2, s3.Proxy.Requests);
    }

    [Fact]
    public async Task A_server_that_asks_for_longer_is_not_waited_for()
    {
        await using var s3 = new FaultyS3(retries: 2);
        s3.Proxy.Always = FaultTable.Answer("503 Slow Down", "", "Retry-After: 60\r\n");

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => s3.RunAsync("stat"));

        Assert.Equal((1, TimeSpan.FromSeconds(60)), (s3.Proxy.Requests, failure.RetryAfter));
    }

    [Fact]
    public async Task All_attempts_together_have_one_timeout_until_the_answer()
    {
        using var server = new ScriptedServer();
        await using var storage = TestStorage.OnS3(
            s3 =>
            {
                server.Configure(s3);
                s3.Retries = 10;
            },
            _time);
        using var counted = new Measurements<long>(storage.Services.GetRequiredService<IMeterFactory>(), StorageDiagnostics.Retries);

        var reading = storage.Store.StatAsync("a");
        using (var first = await server.AcceptAsync())
        {
            await first.ReadRequestAsync();
            _time.Advance(TimeSpan.FromSeconds(14));
            await first.SendAsync("HTTP/1.1 503 Slow Down\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        }

        var second = server.AcceptAsync();
        await Eventually.TrueAsync(() => Advance(0.01, second), "the second request is made");
        using var connection = await second;
        await connection.ReadRequestAsync();
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        await reading.FailsWithAsync(ObjectStoreFailure.Unavailable);
        Assert.Single(counted.All);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_the_next_attempt()
    {
        await using var s3 = new FaultyS3(retries: 2, _time);
        using var counted = s3.Retries();
        using var cancellation = new CancellationTokenSource();
        s3.Proxy.Always = Slow;

        var running = s3.RunAsync("delete", cancellation.Token);
        await Eventually.TrueAsync(() => counted.All.Count == 1, "it waits");
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(1, s3.Proxy.Requests);
    }

    [Fact]
    public async Task An_upload_that_is_refused_while_it_is_sent_is_sent_again_from_where_its_stream_stood()
    {
        var bytes = new byte[8_000_000];
        new Random(1).NextBytes(bytes);
        await using var s3 = new FaultyS3(retries: 2);
        for (var round = 0; round < 10; round++)
        {
            s3.Proxy.Faults.Enqueue(FaultTable.Answer("503 Slow Down", "<Error><Code>SlowDown</Code></Error>") with { Early = true });
            s3.Proxy.Faults.Enqueue(new Fault.ResetInRequestBody(round * 100_000));

            await s3.Store.PutAsync(s3.Prefix + "large", new MemoryStream(bytes) { Position = round });

            await using var content = await s3.Direct.GetAsync(s3.Prefix + "large");
            Assert.Equal(SHA256.HashData(bytes.AsSpan(round)), await SHA256.HashDataAsync(content!.Stream));
            await s3.Direct.DeleteAsync(s3.Prefix + "large");
        }
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_spared_and_found_again()
    {
        var log = new LogLines();
        await using var s3 = new FaultyS3(retries: 0, _time, log);
        await s3.PrepareAsync();
        s3.Proxy.Always = Slow;
        Assert.Equal(0, Open(s3));
        for (var i = 0; i < 5; i++)
        {
            await s3.RunAsync("stat").FailsWithAsync(ObjectStoreFailure.Unavailable);
        }

        var spared = await Assert.ThrowsAsync<ObjectStoreException>(() => s3.RunAsync("put"));
        Assert.Equal((ObjectStoreFailure.Unavailable, TimeSpan.FromSeconds(2), 5), (spared.Failure, spared.RetryAfter, s3.Proxy.Requests));
        Assert.Equal(1, Open(s3));

        _time.Advance(TimeSpan.FromSeconds(2));
        await s3.RunAsync("stat").FailsWithAsync(ObjectStoreFailure.Unavailable);
        await s3.RunAsync("stat").FailsWithAsync(ObjectStoreFailure.Unavailable);
        Assert.Equal(6, s3.Proxy.Requests);

        s3.Proxy.Always = null;
        _time.Advance(TimeSpan.FromSeconds(2));
        await s3.RunAsync("stat");
        await s3.RunAsync("put");
        Assert.Equal(0, Open(s3));
        Assert.Single(log.All, line => line.Contains("failed 5 times in a row", StringComparison.Ordinal));
        Assert.Single(log.All, line => line.Contains("answers again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_health_check_asks_the_server_also_while_it_is_spared_and_ends_that()
    {
        await using var s3 = new FaultyS3(retries: 0, _time);
        s3.Proxy.Always = Slow;
        for (var i = 0; i < 5; i++)
        {
            await s3.RunAsync("delete").FailsWithAsync(ObjectStoreFailure.Unavailable);
        }

        var services = new ServiceCollection().AddLogging().AddSingleton(s3.Store);
        services.AddHealthChecks().AddStratAIStorage();
        await using var provider = services.BuildServiceProvider();
        var health = provider.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Status);
        Assert.Equal(6, s3.Proxy.Requests);

        s3.Proxy.Always = null;
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        await s3.RunAsync("delete");
    }

    [Fact]
    public async Task Refusals_never_make_a_server_spared()
    {
        await using var s3 = new FaultyS3(retries: 0);
        await s3.PrepareAsync();
        foreach (var (status, failure) in new[] { ("403 Forbidden", ObjectStoreFailure.Denied), ("507 Full", ObjectStoreFailure.Full), ("409 Conflict", ObjectStoreFailure.Unavailable) })
        {
            s3.Proxy.Always = FaultTable.Answer(status, "");
            for (var i = 0; i < 6; i++)
            {
                await s3.RunAsync("put").FailsWithAsync(failure);
            }
        }

        s3.Proxy.Always = null;
        await s3.RunAsync("stat");
    }

    private static int Open(FaultyS3 s3)
    {
        var last = -1;
        using var listener = new MeterListener();
        var application = s3.Storage.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == StorageDiagnostics.BreakerOpen && instrument.Meter.Scope == application)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => last = value);
        listener.Start();
        _ = s3.Store;
        listener.RecordObservableInstruments();
        return last;
    }

    private bool Advance(double seconds, Task until)
    {
        _time.Advance(TimeSpan.FromSeconds(until.IsCompleted ? 0 : seconds));
        return until.IsCompleted;
    }
}
