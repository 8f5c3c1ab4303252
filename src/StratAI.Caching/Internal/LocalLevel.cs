using System.Diagnostics.CodeAnalysis;
using BitFaster.Caching;
using BitFaster.Caching.Lru;

namespace StratAI.Caching.Internal;

/// <summary>
/// L1: entries bounded by count and bytes, and the invalidations this instance has learnt of, against which every read checks. This part reads and
/// stores; <c>.Invalidate</c> learns of invalidations, <c>.Changes</c> of changes by other writers.
/// </summary>
internal sealed partial class LocalLevel
{
    /// <summary>Names remembered per log; see <see cref="InvalidationLog"/> for what forgetting costs.</summary>
    public const int LogCapacity = 16_384;

    private const int EntryOverhead = 160;

    private readonly ConcurrentLruCore<string, LocalEntry, LruItem<string, LocalEntry>, LruPolicy<string, LocalEntry>, LocalTelemetry> _entries;
    private readonly IAlternateLookup<ReadOnlySpan<char>, string, LocalEntry> _bySpan;
    private readonly long _capacityBytes;
    private readonly InvalidationLog _keys = new(LogCapacity);
    private readonly InvalidationLog _tags = new(LogCapacity);
    private readonly Lock _gate = new();
    private int _epoch;
    private long _known;
    private long _floor;
    private long _bytes;
    private long _evicted;
    private long _applied;
    private long _trustedUntil;
    private bool _hasDoubts;
    private int _version;

    /// <param name="capacity">Most entries.</param>
    /// <param name="capacityBytes">Most bytes.</param>
    /// <param name="knownSequence">Where the sequence stands; <see cref="Stamp.Unknown"/> where others give it, and L1 is not trusted before they are asked.</param>
    public LocalLevel(int capacity, long capacityBytes, long knownSequence)
    {
        _capacityBytes = capacityBytes;
        _known = _floor = knownSequence;
        _trustedUntil = _linkedUntil = knownSequence == Stamp.Unknown ? long.MinValue : long.MaxValue;
        _entries = new(1, new FavorWarmPartition(capacity), StringComparer.Ordinal, default, new LocalTelemetry(this));
        _bySpan = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public Generations Generations { get; } = new();

    /// <summary>Until when L1 may be read, by the cache's clock; for ever, where no other instance can change what it holds.</summary>
    public long TrustedUntil => Volatile.Read(ref _trustedUntil);

    /// <summary>Whether an invalidation made here has not reached the other instances yet.</summary>
    public bool HasDoubts
    {
        get => Volatile.Read(ref _hasDoubts);
        set => Volatile.Write(ref _hasDoubts, value);
    }

    public int Count => _entries.Count;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Entries that went to make room.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>All invalidations up to this sequence hold here.</summary>
    public long Applied => Volatile.Read(ref _applied);

    /// <summary>The stamp of a value whose making starts now.</summary>
    public Stamp Now
    {
        get
        {
            // Epoch first: should a restart come between the two reads, the stamp is of the old epoch and worth nothing, which is safe.
            var epoch = Volatile.Read(ref _epoch);
            return new(epoch, Volatile.Read(ref _known), Volatile.Read(ref _lastChange));
        }
    }

    /// <summary>Whether contact with the shared level is the same unbroken one as when <paramref name="stamp"/> was taken.</summary>
    public bool IsSameEpoch(Stamp stamp) => stamp.Epoch == Volatile.Read(ref _epoch);

    /// <summary>Takes note that the shared level had reached <paramref name="sequence"/>, learnt through a call begun at <paramref name="begun"/>.</summary>
    public Stamp Observe(Stamp begun, long sequence)
    {
        lock (_gate)
        {
            if (begun.Epoch == _epoch && sequence > _known)
            {
                Volatile.Write(ref _known, sequence);
            }
        }

        return begun with { Sequence = sequence };
    }

    /// <summary>Takes the next sequence, where this process alone gives them.</summary>
    public Stamp Advance() => new(_epoch, Interlocked.Increment(ref _known), Volatile.Read(ref _lastChange));

    /// <summary>Whether none of the tags, nor everything, was invalidated since <paramref name="stamp"/>.</summary>
    public bool IsCurrent(Stamp stamp, string[] tags)
    {
        if (!IsSameEpoch(stamp) || stamp.Sequence < Volatile.Read(ref _floor))
        {
            return false;
        }

        foreach (var tag in tags)
        {
            if (_tags.IsInvalidated(tag, stamp.Sequence))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether neither the key, nor one of the tags, nor everything, was invalidated since <paramref name="stamp"/>.</summary>
    public bool IsCurrent(string key, Stamp stamp, string[] tags) => IsCurrent(stamp, tags) && !_keys.IsInvalidated(key, stamp.Sequence);

    public bool TryGet(string key, long now, [NotNullWhen(true)] out LocalEntry? entry) =>
        _entries.TryGet(key, out entry) && IsFresh(key, now, ref entry);

    public bool TryGet(ReadOnlySpan<char> key, long now, [NotNullWhen(true)] out LocalEntry? entry) =>
        _bySpan.TryGet(key, out entry) && IsFresh(key, now, ref entry);

    /// <summary>An entry that may be served should its factory fail, also one past its lifetime.</summary>
    public bool TryGetKept(string key, long now, [NotNullWhen(true)] out LocalEntry? entry) =>
        _entries.TryGet(key, out entry) && now < entry.KeptUntil && IsCurrent(entry.Stamp, entry.Tags);

    public void Put(string key, LocalEntry entry)
    {
        var size = SizeOf(key, entry);
        if (size > _capacityBytes || !MayKeep(key, entry))
        {
            return;
        }

        Interlocked.Add(ref _bytes, size);
        _entries.AddOrUpdate(key, entry);

        // An invalidation logs first and removes second, this stores first and looks at the log second; with both sides fenced,
        // at least one of them sees the other.
        Interlocked.MemoryBarrier();
        if (!MayKeep(key, entry))
        {
            _entries.TryRemove(new KeyValuePair<string, LocalEntry>(key, entry));
        }

        while (Bytes > _capacityBytes && _entries.Count > 0)
        {
            _entries.Policy.Eviction.Value!.Trim(1);
        }
    }

    /// <summary>Called when an entry has left, be it for another under its key.</summary>
    public void OnRemoved(string key, LocalEntry entry, bool evicted)
    {
        Interlocked.Add(ref _bytes, -SizeOf(key, entry));
        if (evicted)
        {
            Interlocked.Increment(ref _evicted);
        }
    }

    private bool MayKeep(string key, LocalEntry entry) =>
        entry.Stamp.Sequence != Stamp.Unknown && IsCurrent(key, entry.Stamp, entry.Tags) && !IsChanged(key, entry.Stamp);

    private bool IsFresh(ReadOnlySpan<char> key, long now, [NotNullWhen(true)] ref LocalEntry? entry)
    {
        // What was current at this version is so still: every invalidation of a tag, or of everything, changes it after it is logged.
        var version = Volatile.Read(ref _version);
        var current = entry!.CheckedAt == version;
        if (!current && IsCurrent(entry.Stamp, entry.Tags))
        {
            entry.CheckedAt = version;
            current = true;
        }

        if (current && now < entry.ExpiresAt)
        {
            return true;
        }

        if (!current || now >= entry.KeptUntil)
        {
            _entries.TryRemove(new KeyValuePair<string, LocalEntry>(key.ToString(), entry));
        }

        entry = null;
        return false;
    }

    private static long SizeOf(string key, LocalEntry entry) => EntryOverhead + (sizeof(char) * key.Length) + entry.Size;
}
