namespace StratAI.Caching.Redis;

/// <summary>
/// Which invalidations have come, judged by their sequence alone. Not thread-safe. Times are timestamps of one clock.
/// </summary>
internal sealed class SequenceTracker
{
    private long _target;
    private long _targetAskedAt;

    /// <summary>All up to this one have come; <see langword="null"/> before the first beat.</summary>
    public long? Seen { get; private set; }

    /// <summary>Takes note of a message.</summary>
    /// <returns>Whether one before it is missing.</returns>
    public bool Receive(long sequence)
    {
        // One not above what was seen is late, after a beat that did not wait for it.
        if (Seen is not { } seen || sequence <= seen)
        {
            return false;
        }

        Seen = sequence;
        return sequence > seen + 1;
    }

    /// <summary>Takes note of the sequence that Redis answered.</summary>
    /// <param name="sequence">The answer.</param>
    /// <param name="askedAt">When that was.</param>
    /// <param name="confirmedAt">With <see cref="BeatResult.Confirmed"/>, the time at which every invalidation until then is known to have come.</param>
    public BeatResult Beat(long sequence, long askedAt, out long confirmedAt)
    {
        confirmedAt = askedAt;
        if (Seen is not { } seen)
        {
            Restart(sequence, askedAt);
            return BeatResult.First;
        }

        if (seen < _target)
        {
            // A whole beat was time enough for a message that was still on its way.
            Restart(Math.Max(seen, sequence), askedAt);
            return BeatResult.Lost;
        }

        confirmedAt = seen >= sequence ? askedAt : _targetAskedAt;
        (_target, _targetAskedAt) = (sequence, askedAt);
        return BeatResult.Confirmed;
    }

    /// <summary>Starts over: everything up to <paramref name="sequence"/> counts as come.</summary>
    public void Restart(long sequence, long askedAt)
    {
        Seen = sequence;
        (_target, _targetAskedAt) = (sequence, askedAt);
    }
}
