namespace StratAI.Caching.Internal;

/// <summary>
/// The clock that entries and trust expire by. Of the system's clocks it takes the coarse one: the precise one takes longer to read
/// than everything else about a hit in L1.
/// </summary>
internal sealed class CacheClock(TimeProvider time)
{
    private readonly TimeProvider? _precise = time == TimeProvider.System ? null : time;

    /// <summary>A timestamp, at most <see cref="Lag"/> behind.</summary>
    public long Now => _precise is null ? Environment.TickCount64 : _precise.GetTimestamp();

    /// <summary>Windows moves the coarse clock on every 15.6 ms.</summary>
    public TimeSpan Lag => _precise is null ? TimeSpan.FromMilliseconds(16) : TimeSpan.Zero;

    public long Ticks(TimeSpan time) => (long)(time.TotalSeconds * (_precise?.TimestampFrequency ?? 1000));

    /// <summary>The timestamp at which <paramref name="time"/> has passed from <paramref name="from"/> on; the last there is where that is beyond it.</summary>
    public long After(long from, TimeSpan time)
    {
        // Timestamps may be negative: only their differences mean anything.
        var ticks = time == TimeSpan.MaxValue ? long.MaxValue : Ticks(time);
        return ticks > 0 && from > long.MaxValue - ticks || ticks == long.MaxValue ? long.MaxValue : from + ticks;
    }
}
