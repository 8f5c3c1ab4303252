using System.Diagnostics.Metrics;

namespace StratAI.Caching.Locking.Internal;

/// <summary>The instruments of one mutex. Tags name the mutex's registration and enumerated outcomes, never what is locked.</summary>
internal sealed class MutexMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?> _mutex;
    private readonly Counter<long> _acquisitions;
    private readonly Counter<long> _lost;
    private readonly Histogram<double> _wait;

    public MutexMetrics(IMeterFactory? meters, string registration)
    {
        var version = typeof(MutexMetrics).Assembly.GetName().Version?.ToString();
        _meter = meters?.Create(CachingDiagnostics.MeterName, version) ?? new Meter(CachingDiagnostics.MeterName, version);
        _mutex = new("stratai.mutex.name", registration.Length == 0 ? "default" : registration);
        _acquisitions = _meter.CreateCounter<long>("stratai.mutex.acquisitions", "{acquisition}", "Attempts to acquire a mutex, by outcome.");
        _lost = _meter.CreateCounter<long>("stratai.mutex.lost", "{lease}", "Leases that ended before their holder was done.");
        _wait = _meter.CreateHistogram("stratai.mutex.wait.duration", "s", "How long attempts to acquire a mutex took.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
    }

    public void Attempted(MutexOutcome outcome, TimeSpan took)
    {
        var tag = new KeyValuePair<string, object?>("stratai.mutex.outcome", Name(outcome));
        _acquisitions.Add(1, _mutex, tag);
        _wait.Record(took.TotalSeconds, _mutex, tag);
    }

    public void Lost() => _lost.Add(1, _mutex);

    public void Dispose() => _meter.Dispose();

    private static string Name(MutexOutcome outcome) => outcome switch
    {
        MutexOutcome.Acquired => "acquired",
        MutexOutcome.Local => "local",
        MutexOutcome.Busy => "busy",
        MutexOutcome.Cancelled => "cancelled",
        MutexOutcome.Unavailable => "unavailable",
        _ => "failed",
    };
}
