namespace StratAI.Caching.Internal;

/// <summary>This part follows changes of entries that were made in the shared level without an invalidation.</summary>
internal sealed partial class LocalLevel
{
    private const int AwaitedWrites = 4096;

    public NoticedChanges Changes { get; } = new(LogCapacity, AwaitedWrites);

    /// <summary>An entry was changed in the shared level.</summary>
    /// <returns>The write of this instance that may be the change; the entry it left in L1 stays and has to be compared with the shared one.</returns>
    public OwnWrite? Notice(string key)
    {
        var write = Changes.Note(key);
        Generations.Advance(key);
        DropChanged(key);
        return write;
    }

    /// <summary>Anything may have changed in the shared level.</summary>
    public void NoticeAll()
    {
        Changes.NoteAll();
        Generations.AdvanceAll();
        Interlocked.MemoryBarrier();
        _entries.Clear();
    }

    /// <summary>What this instance wrote is no longer, or not known to be, what the shared level holds.</summary>
    public void Refute(string key, OwnWrite write)
    {
        write.Disown();
        DropChanged(key);
    }

    private void DropChanged(string key)
    {
        // Log first, remove second, as with an invalidation: see Put.
        Interlocked.MemoryBarrier();
        if (_entries.TryGet(key, out var entry) && Changes.Concern(key, entry))
        {
            _entries.TryRemove(new KeyValuePair<string, LocalEntry>(key, entry));
        }
    }
}
