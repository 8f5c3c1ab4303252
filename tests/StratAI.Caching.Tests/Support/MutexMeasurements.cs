using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Caching.Tests.Support;

/// <summary>What the instruments of one mutex have counted.</summary>
public sealed class MutexMeasurements : IDisposable
{
    private const string Prefix = "stratai.mutex.";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _counted = new();

    public MutexMeasurements(MutexNode node)
    {
        var meters = node.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == CachingDiagnostics.MeterName && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
        _listener.Start();
    }

    /// <summary>Every tag and its value that was seen.</summary>
    public ConcurrentQueue<string> Tags { get; } = new();

    /// <summary>How often an instrument was used, such as <c>acquisitions outcome=busy</c>.</summary>
    public int Sum(string line) => _counted.Count(counted => counted == line);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var line = instrument.Name[Prefix.Length..];
        foreach (var (name, value) in tags)
        {
            Tags.Enqueue($"{name}={value}");
            line += name == Prefix + "name" ? "" : $" {name[Prefix.Length..]}={value}";
        }

        _counted.Enqueue(line);
    }
}
