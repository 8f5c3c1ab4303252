using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StratAI.Storage.Internal;

internal sealed class StorageMetrics
{
    public static readonly ActivitySource Activities = new(StorageDiagnostics.ActivitySourceName);

    private static readonly double[] Seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private static readonly KeyValuePair<string, object?> Read = new("direction", "read");
    private static readonly KeyValuePair<string, object?> Write = new("direction", "write");

    private readonly TimeProvider _time;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _io;
    private readonly Counter<long> _uploads;
    private readonly Counter<long> _uploadBytes;
    private readonly Counter<long> _retries;
    private readonly Meter _meter;
    private readonly UpDownCounter<long> _activeUploads;
    private readonly Histogram<double> _uploadDuration;
    private readonly Counter<long> _mirrorWrites;
    private readonly Counter<long> _mirrorReads;

    public StorageMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(StorageDiagnostics.MeterName);
        _duration = meter.CreateHistogram<double>(
            StorageDiagnostics.OperationDuration, "s", "Time of store operations; of get, until the first byte.", advice: new() { HistogramBucketBoundaries = Seconds });
        _io = meter.CreateCounter<long>(StorageDiagnostics.IO, "By", "Bytes of objects read from and written to stores.");
        _uploads = meter.CreateCounter<long>(StorageDiagnostics.Uploads, "{upload}", "Uploads through the gate.");
        _uploadBytes = meter.CreateCounter<long>(StorageDiagnostics.UploadBytes, "By", "Bytes the gate has read.");
        _retries = meter.CreateCounter<long>(StorageDiagnostics.Retries, "{request}", "Requests made again after a failure.");
        _meter = meter;
        _activeUploads = meter.CreateUpDownCounter<long>(StorageDiagnostics.ActiveUploads, "{upload}", "Uploads the gate is reading.");
        _uploadDuration = meter.CreateHistogram<double>(
            StorageDiagnostics.UploadDuration, "s", "Time from an upload's first byte to its verdict.", advice: new() { HistogramBucketBoundaries = Seconds });
        _mirrorWrites = meter.CreateCounter<long>(StorageDiagnostics.MirrorWrites, "{write}", "Writes and deletions repeated in a mirror.");
        _mirrorReads = meter.CreateCounter<long>(StorageDiagnostics.MirrorReads, "{read}", "Reads that went to a mirror.");
    }

    public void Operation(string operation, string mode, string outcome, TimeSpan elapsed) =>
        _duration.Record(elapsed.TotalSeconds, new("operation", operation), new("mode", mode), new("outcome", outcome));

    /// <summary>The stream itself where nobody measures.</summary>
    public Stream CountReads(Stream content) => _io.Enabled ? new CountingStream(content, _io, Read) : content;

    /// <summary>What is read from the caller is what is written to the store.</summary>
    public Stream CountWrites(Stream content) => _io.Enabled ? new CountingStream(content, _io, Write) : content;

    /// <summary>An upload begins; what is returned is to be given to <see cref="Upload"/>.</summary>
    public long StartUpload()
    {
        _activeUploads.Add(1);
        return _time.GetTimestamp();
    }

    public void Retry(string operation) => _retries.Add(1, new KeyValuePair<string, object?>("operation", operation));

    public void ObserveBreaker(Func<bool> isOpen) => _meter.CreateObservableGauge(
        StorageDiagnostics.BreakerOpen, () => isOpen() ? 1 : 0, null, "1 while the server is only tried now and then, as it keeps failing.");

    public void Upload(string outcome, long bytes, long started)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        _activeUploads.Add(-1);
        _uploads.Add(1, tag);
        _uploadBytes.Add(bytes);
        _uploadDuration.Record(_time.GetElapsedTime(started).TotalSeconds, tag);
    }

    public void MirrorWrite(string operation, string outcome) =>
        _mirrorWrites.Add(1, new KeyValuePair<string, object?>("operation", operation), new("outcome", outcome));

    public void MirrorRead(string reason, string outcome) =>
        _mirrorReads.Add(1, new KeyValuePair<string, object?>("reason", reason), new("outcome", outcome));
}
