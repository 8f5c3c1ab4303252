namespace StratAI.Caching.Internal;

/// <summary>This part follows changes of entries in the shared level that were made without an invalidation, where they are reported.</summary>
internal sealed partial class LocalLevel
{
    private readonly InvalidationLog _changes = new(LogCapacity);
    private long _lastChange;
    private long _linkedUntil;
    private long _reportedUntil = long.MaxValue;

    /// <summary>Until when invalidations made elsewhere are known to come.</summary>
    public void TrustLink(long until) => Trust(ref _linkedUntil, until);

    /// <summary>Until when reports of changes are known to come; for ever, unless they are followed.</summary>
    public void TrustReports(long until) => Trust(ref _reportedUntil, until);

    /// <summary>Whether a change of the entry was, or may have been, reported after the stamp was taken.</summary>
    public bool IsChanged(string key, Stamp stamp) => _changes.IsInvalidated(key, stamp.Change);

    /// <summary>An entry was changed in the shared level, be it by this instance.</summary>
    public void Change(string key)
    {
        lock (_gate)
        {
            var change = _lastChange + 1;
            _changes.Add(key, change);
            Volatile.Write(ref _lastChange, change);
        }

        // Log first, remove second, as with an invalidation: see Put.
        Generations.Advance(key);
        Interlocked.MemoryBarrier();
        if (_entries.TryGet(key, out var entry) && IsChanged(key, entry.Stamp))
        {
            _entries.TryRemove(new KeyValuePair<string, LocalEntry>(key, entry));
        }
    }

    /// <summary>Anything may have changed in the shared level.</summary>
    public void ChangeAll()
    {
        lock (_gate)
        {
            var change = _lastChange + 1;
            _changes.Restart(change);
            Volatile.Write(ref _lastChange, change);
            Generations.AdvanceAll();
            _entries.Clear();
        }
    }

    private void Trust(ref long source, long until)
    {
        lock (_gate)
        {
            source = until;
            Volatile.Write(ref _trustedUntil, Math.Min(_linkedUntil, _reportedUntil));
        }
    }
}
