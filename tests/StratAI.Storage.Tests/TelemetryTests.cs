using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Every_instrument_is_named_in_the_diagnostics_and_has_its_unit()
    {
        await using var storage = TestStorage.OnFiles();
        var meters = storage.Services.GetRequiredService<IMeterFactory>();
        var instruments = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == StorageDiagnostics.MeterName && instrument.Meter.Scope == meters)
                {
                    instruments.Enqueue($"{instrument.Name} {instrument.Unit} {instrument.GetType().Name}");
                    Assert.NotEmpty(instrument.Description!);
                }
            },
        };
        listener.Start();

        _ = storage.Store;

        string[] expected =
        [
            "stratai.storage.io By Counter`1",
            "stratai.storage.mirror.reads {read} Counter`1",
            "stratai.storage.mirror.writes {write} Counter`1",
            "stratai.storage.operation.duration s Histogram`1",
            "stratai.storage.retries {request} Counter`1",
            "stratai.storage.upload.bytes By Counter`1",
            "stratai.storage.upload.duration s Histogram`1",
            "stratai.storage.uploads {upload} Counter`1",
            "stratai.storage.uploads.active {upload} UpDownCounter`1",
        ];
        Assert.Equal(expected, instruments.Order(StringComparer.Ordinal));
        var named = typeof(StorageDiagnostics).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!).Where(name => name.StartsWith("stratai.", StringComparison.Ordinal));
        // The gauge of the breaker is there with S3 alone, the counters of a migration with one.
        string[] others = [StorageDiagnostics.BreakerOpen, StorageDiagnostics.MigrationRows, StorageDiagnostics.MigrationFallbacks];
        Assert.Equal(expected.Select(line => line.Split(' ')[0]).Concat(others).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Bytes_are_counted_by_direction_as_they_move()
    {
        await using var storage = TestStorage.OnFiles();
        using var io = new Measurements<long>(storage.Services.GetRequiredService<IMeterFactory>(), StorageDiagnostics.IO);
        var store = storage.Store;

        await store.PutAsync("a", new SourceStream(new byte[200_000]));
        await store.PutAsync("b", new MemoryStream(new byte[1000]) { Position = 400 });
        await Record.ExceptionAsync(() => store.PutAsync("c", new SourceStream(new byte[100]) { StopAt = 60, Failure = new IOException() }));
        Assert.Equal((200_660, 0), (Sum("write"), Sum("read")));

        await store.ReadAsync("a", new ByteRange(100_000, 50_000));
        await using (var content = await store.GetAsync("a"))
        {
            await content!.Stream.ReadExactlyAsync(new byte[10]);
        }

        await store.StatAsync("a");
        Assert.Equal((200_660, 50_010), (Sum("write"), Sum("read")));
        Assert.All(io.All, point => Assert.Equal("direction", Assert.Single(point.Tags).Key));
        Assert.Equal(600, (await store.StatAsync("b"))!.Size);

        long Sum(string direction) => io.All.Where(point => (string?)point.Tags["direction"] == direction).Sum(point => point.Value);
    }

    [Fact]
    public async Task An_upload_is_live_while_it_is_read_and_its_duration_is_told_by_outcome()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var storage = TestStorage.OnFiles(time: time);
        var meters = storage.Services.GetRequiredService<IMeterFactory>();
        using var live = new Measurements<long>(meters, StorageDiagnostics.ActiveUploads);
        using var durations = new Measurements<double>(meters, StorageDiagnostics.UploadDuration);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new SourceStream("some text"u8.ToArray()) { StopAt = 4, Until = release.Task };

        var receiving = storage.Gate.ReceiveAsync(source, new() { MaximumBytes = 100 }, default);
        await source.Reached;
        Assert.Equal(1, live.All.Sum(point => point.Value));
        time.Advance(TimeSpan.FromSeconds(3));
        release.SetResult();
        await (await receiving).Accepted!.DisposeAsync();
        Assert.Equal(0, live.All.Sum(point => point.Value));

        await storage.Gate.ReceiveAsync(new SourceStream(new byte[200]), new() { MaximumBytes = 100 }, default);
        await storage.Gate.ReceiveAsync(new SourceStream(Samples.Png), new() { MaximumBytes = 100, FileName = "a.pdf" }, default);
        await storage.Gate.ReceiveAsync(new SourceStream(Samples.Exe), new() { MaximumBytes = 100 }, default);
        await storage.Gate.ReceiveAsync(new SourceStream([]), new() { MaximumBytes = 100 }, default);
        await Record.ExceptionAsync(() => storage.Gate.ReceiveAsync(new SourceStream([1]) { StopAt = 0, Failure = new IOException() }, new() { MaximumBytes = 1 }, default));

        Assert.Equal(
            [(3, "accepted"), (0, "too-large"), (0, "content-mismatch"), (0, "type-not-allowed"), (0, "empty"), (0, "failed")],
            durations.All.Select(point => (point.Value, (string?)Assert.Single(point.Tags).Value)));
        Assert.Equal(0, live.All.Sum(point => point.Value));
        Assert.All(live.All, point => Assert.Empty(point.Tags));
    }

    [Fact]
    public async Task Gate_store_and_serving_are_traced_without_naming_the_object()
    {
        using var parent = new Activity("test").Start();
        var stopped = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StorageDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == parent.TraceId)
                {
                    stopped.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var storage = TestStorage.OnFiles();
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Method = "GET";

        await using (var upload = (await storage.Gate.ReceiveAsync(new SourceStream("text"u8.ToArray()), new() { MaximumBytes = 9 }, default)).Accepted!)
        {
            await upload.SaveAsync(storage.Store, "secret-name");
        }

        await new StoredObjectResult(storage.Store, "secret-name").ExecuteAsync(context);
        await new ObjectRedirectResult(storage.Signer, "secret-name").ExecuteAsync(context);

        Assert.Equal(["storage.upload", "storage.put", "storage.get", "storage.serve", "storage.serve"], stopped.Select(activity => activity.OperationName));
        Assert.Equal(
            ["outcome=accepted", "delivery=stream", "delivery=redirect"],
            stopped.SelectMany(activity => activity.Tags).Select(tag => $"{tag.Key}={tag.Value}"));
    }
}
