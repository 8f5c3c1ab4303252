using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace StratAI.Storage.Imaging.Tests.Testing;

/// <summary>Everything the meter of one application records, as <c>instrument a=1 b=2</c>.</summary>
public sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _all = new();
    private int _queue;

    public Measurements(IMeterFactory application)
    {
        // The factory is the meter's scope, which keeps applications in one process apart.
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Meter.Name == ImagingDiagnostics.MeterName && published.Meter.Scope == application)
            {
                listener.EnableMeasurementEvents(published);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, _, _) => _queue = value);
        _listener.Start();
    }

    public IReadOnlyList<string> All => [.. _all];

    public int Queue
    {
        get
        {
            _listener.RecordObservableInstruments();
            return _queue;
        }
    }

    public int Count(string measurement) => _all.Count(one => one == measurement);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue(string.Join(' ', [instrument.Name.Split('.')[^1], .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]));
}
