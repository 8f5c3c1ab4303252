using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.RateLimiting.Tests;

/// <summary>Hears one factory's meters, and only those: tests run beside each other.</summary>
internal sealed class TestMeters : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly List<(string Instrument, string Tags, double Value)> _measurements = [];

    public TestMeters()
    {
        Factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == Factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public IMeterFactory Factory { get; }

    /// <summary>What an instrument that is asked says now.</summary>
    public double Read(string instrument)
    {
        _listener.RecordObservableInstruments();
        return Measurements(instrument)[^1].Value;
    }

    /// <summary>Tags as <c>a=1,b=2</c>, in the order they were given.</summary>
    public double Sum(string instrument, string tags) => Measurements(instrument).Where(m => m.Tags == tags).Sum(m => m.Value);

    public IReadOnlyList<(string Tags, double Value)> Measurements(string instrument)
    {
        lock (_gate)
        {
            return [.. _measurements.Where(m => m.Instrument == instrument).Select(m => (m.Tags, m.Value))];
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
        lock (_gate)
        {
            _measurements.Add((instrument.Name, text, value));
        }
    }
}
