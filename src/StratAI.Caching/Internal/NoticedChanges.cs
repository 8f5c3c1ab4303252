namespace StratAI.Caching.Internal;

/// <summary>
/// The changes of entries that Redis reported, whoever made them, numbered as they came. The reports of this instance's own writes
/// are among them: at most <paramref name="writes"/> writes are remembered until theirs has come, and only those are told apart.
/// </summary>
internal sealed class NoticedChanges(int capacity, int writes)
{
    private readonly InvalidationLog _log = new(capacity);
    private readonly Dictionary<string, OwnWrite> _writes = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _last;

    /// <summary>The number of the last report; what is read from the shared level after this knows of it.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Whether a change of the entry was, or may have been, reported after <paramref name="since"/>.</summary>
    public bool Concern(string key, long since) => _log.IsInvalidated(key, since);

    /// <inheritdoc cref="Concern(string,long)"/>
    public bool Concern(string key, LocalEntry entry) => Concern(key, entry.Written?.Since ?? entry.Stamp.Notices);

    /// <summary>To be called before the write is sent. <see langword="null"/> when there are too many: its report then counts as anybody's.</summary>
    public OwnWrite? Begin(string key, string digest)
    {
        lock (_gate)
        {
            if (_writes.TryGetValue(key, out var earlier))
            {
                earlier.Disown();
            }
            else if (_writes.Count >= writes)
            {
                return null;
            }

            return _writes[key] = new(digest);
        }
    }

    /// <summary>The write was not made, or not known to be.</summary>
    public void Withdraw(string key, OwnWrite write)
    {
        lock (_gate)
        {
            if (_writes.TryGetValue(key, out var current) && current == write)
            {
                _writes.Remove(key);
            }

            write.Disown();
        }
    }

    /// <returns>This instance's write that awaited a report of the key. Redis makes one report of several changes, so it need not be the last.</returns>
    public OwnWrite? Note(string key)
    {
        lock (_gate)
        {
            var notice = _last + 1;
            _log.Add(key, notice);
            Volatile.Write(ref _last, notice);
            if (_writes.Remove(key, out var write))
            {
                write.Reported(notice);
            }

            return write;
        }
    }

    /// <summary>Anything may have changed.</summary>
    public void NoteAll()
    {
        lock (_gate)
        {
            var notice = _last + 1;
            _log.Restart(notice);
            Volatile.Write(ref _last, notice);
            foreach (var write in _writes.Values)
            {
                write.Disown();
            }

            _writes.Clear();
        }
    }
}
