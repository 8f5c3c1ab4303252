namespace StratAI.Caching.Internal;

internal sealed partial class LocalLevel
{
    public void Remove(string key)
    {
        Generations.Advance(key);
        Interlocked.MemoryBarrier();
        _entries.TryRemove(key);
    }

    public void InvalidateKey(string key, long sequence)
    {
        if (!_keys.Add(key, sequence))
        {
            // This instance's own, come back as a message: flights begun since are not to be disturbed by it.
            return;
        }

        Generations.Advance(key);
        Interlocked.MemoryBarrier();
        if (_entries.TryGet(key, out var entry) && entry.Stamp.Sequence < sequence)
        {
            _entries.TryRemove(new KeyValuePair<string, LocalEntry>(key, entry));
        }
    }

    public void InvalidateTag(string tag, long sequence)
    {
        if (_tags.Add(tag, sequence))
        {
            Generations.Advance(tag);
            Interlocked.Increment(ref _version);
        }
    }

    /// <summary>Takes note that every invalidation up to <paramref name="sequence"/> holds here. Calls must be in order.</summary>
    public void Reach(long sequence)
    {
        if (sequence > _applied)
        {
            Volatile.Write(ref _applied, sequence);
        }
    }

    /// <summary>Drops everything not known to reflect the invalidations up to <paramref name="sequence"/>.</summary>
    public void Flush(long sequence)
    {
        lock (_gate)
        {
            if (sequence <= _floor)
            {
                return;
            }

            Volatile.Write(ref _known, Math.Max(_known, sequence));
            Volatile.Write(ref _floor, sequence);
            Interlocked.Increment(ref _version);

            // Still inside the lock: an invalidation comes twice, as the script's answer and as a message, and whichever is second
            // returns at the check above. It must not return to its caller while the first is still emptying L1.
            Generations.AdvanceAll();
            _entries.Clear();
        }
    }

    /// <summary>Drops everything and begins a new epoch: what the shared level answers from now on may belong to another history.</summary>
    public void Restart(long sequence)
    {
        lock (_gate)
        {
            Volatile.Write(ref _known, sequence);
            Volatile.Write(ref _floor, sequence);
            Volatile.Write(ref _applied, sequence);
            Interlocked.Increment(ref _epoch);
            Interlocked.Increment(ref _version);
            _keys.Restart(sequence);
            _tags.Restart(sequence);
            Generations.AdvanceAll();
            _entries.Clear();
        }
    }
}
