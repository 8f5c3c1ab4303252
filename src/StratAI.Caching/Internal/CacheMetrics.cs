using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StratAI.Caching.Internal;

/// <summary>The instruments of one cache. Tags name the cache and enumerated outcomes, never a key or a tag of an entry.</summary>
internal sealed class CacheMetrics : IDisposable
{
    public static readonly ActivitySource Activities = new(CachingDiagnostics.ActivitySourceName, Version);

    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?> _cache;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _invalidations;
    private readonly Counter<long> _flushes;
    private readonly Counter<long> _sharedErrors;
    private readonly Counter<long> _samples;
    private readonly Histogram<double> _factory;

    public CacheMetrics(IMeterFactory? meters, string cacheName, LocalLevel local)
    {
        _meter = meters?.Create(CachingDiagnostics.MeterName, Version) ?? new Meter(CachingDiagnostics.MeterName, Version);
        _cache = new("stratai.cache.name", cacheName.Length == 0 ? "default" : cacheName);
        _requests = _meter.CreateCounter<long>("stratai.cache.requests", "{request}", "GetOrCreate calls by how they were served.");
        _invalidations = _meter.CreateCounter<long>("stratai.cache.invalidations", "{invalidation}", "Invalidations made here, received, deferred while L2 was out of reach, and delivered after it.");
        _flushes = _meter.CreateCounter<long>("stratai.cache.local.flushes", "{flush}", "Times the whole of L1 was dropped, by reason.");
        _sharedErrors = _meter.CreateCounter<long>("stratai.cache.l2.errors", "{error}", "Calls to L2 that failed, by reason.");
        _samples = _meter.CreateCounter<long>("stratai.cache.coherence.samples", "{sample}", "Hits in L1 that were compared with L2.");
        _factory = _meter.CreateHistogram("stratai.cache.factory.duration", "s", "Duration of factories.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        _meter.CreateObservableGauge("stratai.cache.local.entries", () => new Measurement<long>(local.Count, _cache), "{entry}", "Entries in L1.");
        _meter.CreateObservableGauge("stratai.cache.local.size", () => new Measurement<long>(local.Bytes, _cache), "By", "Size of L1.");
        _meter.CreateObservableCounter("stratai.cache.local.evictions", () => new Measurement<long>(local.Evicted, _cache), "{entry}", "Entries that L1 gave up to make room.");
    }

    private static string? Version => typeof(CacheMetrics).Assembly.GetName().Version?.ToString();

    public void ObserveBreaker(Func<bool> isOpen) => _meter.CreateObservableGauge(
        "stratai.cache.l2.breaker", () => new Measurement<int>(isOpen() ? 1 : 0, _cache), "{breaker}", "1 while calls to L2 are not made as they fail.");

    public void Request(RequestOutcome outcome)
    {
        // A hit in L1 costs less than making these tags.
        if (_requests.Enabled)
        {
            _requests.Add(1, _cache, new("stratai.cache.outcome", Name(outcome)));
        }
    }

    public void Sampled(bool coherent) => _samples.Add(1, _cache, new("stratai.cache.coherent", coherent ? "true" : "false"));

    public void Invalidation(string stage) => _invalidations.Add(1, _cache, new("stratai.cache.stage", stage));

    public void Flush(string reason) => _flushes.Add(1, _cache, new("stratai.cache.reason", reason));

    public void SharedError(string reason) => _sharedErrors.Add(1, _cache, new("error.type", reason));

    public void Factory(TimeSpan duration, bool succeeded) =>
        _factory.Record(duration.TotalSeconds, _cache, new("stratai.cache.succeeded", succeeded ? "true" : "false"));

    public void Dispose() => _meter.Dispose();

    private static string Name(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Local => "local",
        RequestOutcome.Shared => "shared",
        RequestOutcome.Created => "created",
        RequestOutcome.Joined => "joined",
        RequestOutcome.Stale => "stale",
        RequestOutcome.Absent => "absent",
        RequestOutcome.Bypassed => "bypassed",
        _ => "failed",
    };
}
