using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests;

public sealed class TelemetryTests : IAsyncLifetime
{
    private readonly RedisSpace _redis = new();
    private readonly ConcurrentQueue<string> _measured = new();
    private readonly MeterListener _listener = new();
    private CacheNode _node = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _node = _redis.CreateNode();
        await _node.TrustedAsync();
        var meters = _node.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == CachingDiagnostics.MeterName && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measured.Enqueue($"{instrument.Name} {value} {Join(tags)}"));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => _measured.Enqueue($"{instrument.Name} {Join(tags)}"));
        _listener.Start();
    }

    public async Task DisposeAsync()
    {
        _listener.Dispose();
        await _node.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Every_way_a_request_is_served_has_its_outcome()
    {
        var only = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableUnderlyingData };
        var passingByL1 = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCacheRead };

        await _node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(1), only);
        AssertNext("stratai.cache.requests 1 stratai.cache.name=default stratai.cache.outcome=absent");

        await _node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(1));
        AssertNext("stratai.cache.factory.duration stratai.cache.name=default stratai.cache.succeeded=true");
        AssertNext("stratai.cache.requests 1 stratai.cache.name=default stratai.cache.outcome=created");

        await _node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(1));
        AssertNext("stratai.cache.requests 1 stratai.cache.name=default stratai.cache.outcome=local");

        await _node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(1), passingByL1);
        AssertNext("stratai.cache.requests 1 stratai.cache.name=default stratai.cache.outcome=shared");

        await _node.Cache.GetOrCreateAsync("", _ => ValueTask.FromResult(1));
        AssertNext("stratai.cache.requests 1 stratai.cache.name=default stratai.cache.outcome=bypassed");
        AssertNext("stratai.cache.factory.duration stratai.cache.name=default stratai.cache.succeeded=true");

        await Assert.ThrowsAsync<InvalidDataException>(async () => await _node.Cache.GetOrCreateAsync<int>("bad", _ => throw new InvalidDataException()));
        AssertNext("stratai.cache.factory.duration stratai.cache.name=default stratai.cache.succeeded=false");
        AssertNext("stratai.cache.requests 1 stratai.cache.name=default stratai.cache.outcome=failed");

        var gate = new Gate<int>();
        var callers = Enumerable.Range(0, 2).Select(_ => _node.Cache.GetOrCreateAsync("joined", gate.Run).AsTask()).ToArray();
        await gate.Begun;
        gate.Open(1);
        await Task.WhenAll(callers);
        Assert.Contains("stratai.cache.requests 1 stratai.cache.name=default stratai.cache.outcome=joined", _measured);
    }

    [Fact]
    public async Task An_invalidation_is_counted_where_it_is_made_and_where_it_comes()
    {
        await _node.Cache.RemoveAsync("k");
        await _node.CaughtUpWithAsync(_node);
        await Eventually.TrueAsync(() => _measured.Count == 2, "both were counted");

        Assert.Contains("stratai.cache.invalidations 1 stratai.cache.name=default stratai.cache.stage=made", _measured);
        Assert.Contains("stratai.cache.invalidations 1 stratai.cache.name=default stratai.cache.stage=received", _measured);
    }

    [Fact]
    public async Task L1_reports_its_entries_and_its_size()
    {
        await _node.Cache.SetAsync("k", "value");
        _measured.Clear();
        _listener.RecordObservableInstruments();

        Assert.Contains("stratai.cache.local.entries 1 stratai.cache.name=default", _measured);
        Assert.Contains(_measured, line => line.StartsWith("stratai.cache.local.size ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_factory_has_an_activity_of_its_own()
    {
        using var request = new Activity("request").Start();
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CachingDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = seen.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        await _node.Cache.GetOrCreateAsync("secret-key", _ => ValueTask.FromResult(1));

        var activity = Assert.Single(seen, activity => activity.TraceId == request.TraceId);
        Assert.Equal("cache.create", activity.OperationName);
        Assert.DoesNotContain(activity.TagObjects, tag => $"{tag.Value}".Contains("secret-key", StringComparison.Ordinal));
    }

    private static string Join(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var parts = new List<string>();
        foreach (var (name, value) in tags)
        {
            parts.Add($"{name}={value}");
        }

        return string.Join(' ', parts);
    }

    private void AssertNext(string expected)
    {
        Assert.True(_measured.TryDequeue(out var measured));
        Assert.Equal(expected, measured);
    }
}
