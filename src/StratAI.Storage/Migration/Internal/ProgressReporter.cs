namespace StratAI.Storage.Migration.Internal;

/// <summary>Tells how far the run is, not too often.</summary>
internal sealed class ProgressReporter(IProgress<MigrationProgress>? progress, Tally tally, long total, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _started = time.GetTimestamp();
    private readonly Lock _lock = new();
    private long? _last;

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    public void Report(string? waiting, bool always = false)
    {
        if (progress is null)
        {
            return;
        }

        // In the lock, so that what is told never goes backwards.
        lock (_lock)
        {
            if (always || _last is not { } last || time.GetElapsedTime(last) >= Interval)
            {
                _last = time.GetTimestamp();
                progress.Report(new(Math.Max(total, tally.Done), tally.Done, tally[RowOutcome.Quarantined], tally.Bytes, Elapsed, waiting));
            }
        }
    }
}
