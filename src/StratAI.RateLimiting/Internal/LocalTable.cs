using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace StratAI.RateLimiting.Internal;

/// <summary>
/// What an instance knows about some keys of policies for a while, by the text of the key: hashing would cost more than the look-up saves. Bounded: what is
/// over makes room, and without room nothing is added.
/// </summary>
internal sealed class LocalTable<T>(TimeProvider time, Func<T, long> endsAt)
    where T : class
{
    public const int Capacity = 10_000;

    // Longer keys would make the bound of entries none of memory.
    private const int MaxKeyLength = 512;

    private readonly ConcurrentDictionary<(LimitPolicy Policy, string Key), T> _entries = new();
    private readonly long _pause = time.TimestampFrequency;
    private int _count;
    private long _nextSweep;

    public int Count => Volatile.Read(ref _count);

    public bool TryGet(in LimitRequest request, [MaybeNullWhen(false)] out T entry)
    {
        entry = null;
        return Count > 0 && _entries.TryGetValue((request.Policy, request.KeyText), out entry);
    }

    /// <summary>The entry of the key, made if there is none; <see langword="null"/> when there is no room.</summary>
    public T? GetOrAdd(in LimitRequest request, Func<T> create)
    {
        if (TryGet(request, out var entry))
        {
            return entry;
        }

        if (!HasRoom(request))
        {
            return null;
        }

        var created = create();
        entry = _entries.GetOrAdd((request.Policy, request.KeyText), created);
        if (ReferenceEquals(entry, created))
        {
            Interlocked.Increment(ref _count);
        }

        return entry;
    }

    public void Set(in LimitRequest request, T entry)
    {
        var key = (request.Policy, request.KeyText);
        if (_entries.ContainsKey(key))
        {
            _entries[key] = entry;
        }
        else if (HasRoom(request) && _entries.TryAdd(key, entry))
        {
            Interlocked.Increment(ref _count);
        }
    }

    public void Clear()
    {
        foreach (var key in _entries.Keys)
        {
            Remove(key);
        }
    }

    private bool HasRoom(in LimitRequest request)
    {
        if (request.KeyText.Length > MaxKeyLength)
        {
            return false;
        }

        var now = time.GetTimestamp();
        var due = Volatile.Read(ref _nextSweep);
        if (Count >= Capacity && now >= due && Interlocked.CompareExchange(ref _nextSweep, now + _pause, due) == due)
        {
            foreach (var (key, entry) in _entries)
            {
                if (endsAt(entry) <= now)
                {
                    Remove(key);
                }
            }
        }

        return Count < Capacity;
    }

    private void Remove((LimitPolicy, string) key)
    {
        if (_entries.TryRemove(key, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
