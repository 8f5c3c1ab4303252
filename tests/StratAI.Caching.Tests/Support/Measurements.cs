using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Caching.Tests.Support;

/// <summary>What the instruments of one node have measured.</summary>
public sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Line, long Value)> _measured = new();

    public Measurements(CacheNode node)
    {
        var meters = node.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == CachingDiagnostics.MeterName && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measured.Enqueue((Line(instrument, tags), value)));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _measured.Enqueue((Line(instrument, tags), value)));
        _listener.Start();
    }

    /// <summary>The sum of what an instrument counted, such as <c>requests outcome=stale</c>.</summary>
    public long Sum(string line) => _measured.Where(measured => measured.Line == line).Sum(measured => measured.Value);

    /// <summary>What an observable instrument tells now.</summary>
    public long Observe(string line)
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
        return Sum(line);
    }

    public void Dispose() => _listener.Dispose();

    private static string Line(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var line = instrument.Name["stratai.cache.".Length..];
        foreach (var (name, value) in tags)
        {
            line += name == "stratai.cache.name" ? "" : $" {name.Replace("stratai.cache.", "", StringComparison.Ordinal)}={value}";
        }

        return line;
    }
}
