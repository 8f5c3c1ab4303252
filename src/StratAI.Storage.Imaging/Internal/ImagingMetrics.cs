using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StratAI.Storage.Imaging.Internal;

internal sealed class ImagingMetrics
{
    public static readonly ActivitySource Activities = new(ImagingDiagnostics.ActivitySourceName);

    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _variants;

    public ImagingMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(ImagingDiagnostics.MeterName);
        _duration = _meter.CreateHistogram<double>(
            ImagingDiagnostics.Duration,
            "s",
            "Time of work on an image, from its turn to its end.",
            advice: new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        _refusals = _meter.CreateCounter<long>(ImagingDiagnostics.Refusals, "{image}", "Images that were refused.");
        _variants = _meter.CreateCounter<long>(ImagingDiagnostics.Variants, "{variant}", "Variants answered.");
    }

    public void ObserveQueue(Func<int> waiting) =>
        _meter.CreateObservableGauge(ImagingDiagnostics.Queue, waiting, "{image}", "Images that wait for their turn.");

    public void Worked(string operation, string outcome, TimeSpan elapsed) =>
        _duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("operation", operation), new("outcome", outcome));

    public void Refused(string operation, ImageRefusal refusal) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("operation", operation), new("reason", refusal.Code));

    public void Answered(bool stored) => _variants.Add(1, new KeyValuePair<string, object?>("source", stored ? "stored" : "made"));
}
