namespace StratAI.Shared;

/// <summary>
/// Stops calling a server after <paramref name="threshold"/> failures in a row. While open it lets one probe through per
/// <paramref name="pause"/>; the first success closes it.
/// </summary>
internal sealed class CircuitBreaker(int threshold, TimeSpan pause, TimeProvider time)
{
    private readonly long _pause = (long)(pause.TotalSeconds * time.TimestampFrequency);
    private int _failures;
    private long _nextProbe;

    public bool IsOpen => Volatile.Read(ref _failures) >= threshold;

    /// <summary>The time until the next probe; zero while closed.</summary>
    public TimeSpan RetryAfter =>
        IsOpen && time.GetElapsedTime(time.GetTimestamp(), Volatile.Read(ref _nextProbe)) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Whether a call may be made now. A caller that is let in reports <see cref="Succeeded"/> or <see cref="Failed"/>.</summary>
    public bool TryEnter()
    {
        if (!IsOpen)
        {
            return true;
        }

        // A probe is a right to call once, not a lock: one whose caller never reports back costs a pause and nothing more.
        var now = time.GetTimestamp();
        var due = Volatile.Read(ref _nextProbe);
        return now >= due && Interlocked.CompareExchange(ref _nextProbe, now + _pause, due) == due;
    }

    /// <returns>Whether this success closed the breaker.</returns>
    public bool Succeeded() => Volatile.Read(ref _failures) != 0 && Interlocked.Exchange(ref _failures, 0) >= threshold;

    /// <returns>Whether this failure opened the breaker.</returns>
    public bool Failed()
    {
        // Set before the count: whoever sees the breaker open must also see when the next probe is due.
        Volatile.Write(ref _nextProbe, time.GetTimestamp() + _pause);
        return !IsOpen && Interlocked.Increment(ref _failures) == threshold;
    }
}
