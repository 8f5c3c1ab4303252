using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace StratAI.Storage.Tests.Testing;

/// <summary>Everything one instrument of one application records.</summary>
public sealed class Measurements<T> : IDisposable
    where T : struct
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measurement> _all = new();

    public Measurements(IMeterFactory application, string instrument)
    {
        // The factory is the meter's scope, which keeps applications in one process apart.
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Name == instrument && published.Meter.Name == StorageDiagnostics.MeterName && published.Meter.Scope == application)
            {
                listener.EnableMeasurementEvents(published);
            }
        };
        _listener.SetMeasurementEventCallback<T>((_, value, tags, _) => _all.Enqueue(new(value, tags.ToArray().ToDictionary())));
        _listener.Start();
    }

    public IReadOnlyList<Measurement> All => [.. _all];

    public void Dispose() => _listener.Dispose();

    public sealed record Measurement(T Value, IReadOnlyDictionary<string, object?> Tags);
}
