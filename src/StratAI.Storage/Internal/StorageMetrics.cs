using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StratAI.Storage.Internal;

internal sealed class StorageMetrics
{
    public static readonly ActivitySource Activities = new(StorageDiagnostics.ActivitySourceName);

    private readonly Histogram<double> _duration;
    private readonly Counter<long> _uploads;
    private readonly Counter<long> _uploadBytes;
    private readonly Counter<long> _retries;
    private readonly Meter _meter;

    public StorageMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(StorageDiagnostics.MeterName);
        _duration = meter.CreateHistogram<double>(
            StorageDiagnostics.OperationDuration,
            "s",
            "Time of store operations; of get, until the first byte.",
            advice: new() { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        _uploads = meter.CreateCounter<long>(StorageDiagnostics.Uploads, "{upload}", "Uploads through the gate.");
        _uploadBytes = meter.CreateCounter<long>(StorageDiagnostics.UploadBytes, "By", "Bytes the gate has read.");
        _retries = meter.CreateCounter<long>(StorageDiagnostics.Retries, "{request}", "Requests made again after a failure.");
        _meter = meter;
    }

    public void Operation(string operation, string mode, string outcome, TimeSpan elapsed) =>
        _duration.Record(elapsed.TotalSeconds, new("operation", operation), new("mode", mode), new("outcome", outcome));

    public void Upload(string outcome, long bytes)
    {
        _uploads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _uploadBytes.Add(bytes);
    }

    public void Retry(string operation) => _retries.Add(1, new KeyValuePair<string, object?>("operation", operation));

    public void ObserveBreaker(Func<bool> isOpen) => _meter.CreateObservableGauge(
        StorageDiagnostics.BreakerOpen, () => isOpen() ? 1 : 0, null, "1 while the server is only tried now and then, as it keeps failing.");
}
