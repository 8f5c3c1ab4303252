namespace StratAI.Caching.Redis;

/// <summary>
/// Invalidations that did not reach Redis, until they do. What is in it counts as absent on this instance. Beyond
/// <paramref name="capacity"/> names it becomes one invalidation of everything, so it never grows further and never forgets.
/// </summary>
/// <param name="capacity">Most names.</param>
/// <param name="onChange">Told whether anything is in it, before a change returns.</param>
internal sealed class Outbox(int capacity, Action<bool> onChange)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(InvalidationKind Kind, string Name), long> _pending = [];
    private long _version;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(InvalidationKind kind, IReadOnlyList<string> names)
    {
        lock (_gate)
        {
            _version++;
            foreach (var name in kind == InvalidationKind.All ? [""] : names)
            {
                _pending[(kind, name)] = _version;
            }

            if (_pending.Count > capacity)
            {
                _pending.Clear();
                _pending[(InvalidationKind.All, "")] = _version;
            }

            Volatile.Write(ref _count, _pending.Count);
            onChange(_pending.Count > 0);
        }
    }

    public bool Contains(string key, string[] tags)
    {
        if (Count == 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _pending.ContainsKey((InvalidationKind.All, ""))
                || _pending.ContainsKey((InvalidationKind.Keys, key))
                || Array.Exists(tags, tag => _pending.ContainsKey((InvalidationKind.Tags, tag)));
        }
    }

    /// <summary>What is pending, and the version to confirm it with.</summary>
    public (ILookup<InvalidationKind, string> Names, long Version) Peek()
    {
        lock (_gate)
        {
            return (_pending.Keys.ToLookup(pending => pending.Kind, pending => pending.Name), _version);
        }
    }

    /// <summary>Forgets what was delivered. A name added again since the <see cref="Peek"/> of <paramref name="version"/> stays.</summary>
    public void Delivered(InvalidationKind kind, IEnumerable<string> names, long version)
    {
        lock (_gate)
        {
            foreach (var name in names)
            {
                if (_pending.TryGetValue((kind, name), out var added) && added <= version)
                {
                    _pending.Remove((kind, name));
                }
            }

            Volatile.Write(ref _count, _pending.Count);
            onChange(_pending.Count > 0);
        }
    }
}
