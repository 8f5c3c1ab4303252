using System.Collections.Concurrent;

namespace StratAI.Caching.Internal;

/// <summary>
/// The last invalidation of each of the <paramref name="capacity"/> most recently invalidated names. Of the names it has let go it remembers
/// only the highest sequence among them, the floor: what is older than the floor counts as invalidated, so forgetting costs
/// misses and never staleness.
/// </summary>
internal sealed class InvalidationLog(int capacity)
{
    private readonly ConcurrentDictionary<string, LinkedListNode<Record>> _records = new(StringComparer.Ordinal);
    private readonly LinkedList<Record> _byAge = new();
    private readonly Lock _gate = new();
    private long _floor = long.MinValue;

    public int Count => _records.Count;

    /// <returns>Whether it was news: no invalidation of the name as late as this was known.</returns>
    public bool Add(string name, long sequence)
    {
        lock (_gate)
        {
            if (_records.TryGetValue(name, out var node))
            {
                if (sequence <= node.Value.Sequence)
                {
                    return false;
                }

                node.Value.Sequence = sequence;
                _byAge.Remove(node);
                _byAge.AddLast(node);
                return true;
            }

            _records[name] = _byAge.AddLast(new Record(name, sequence));
            if (_byAge.Count > capacity)
            {
                var oldest = _byAge.First!;
                // The floor rises before the record goes: a reader between the two must find one of them.
                Volatile.Write(ref _floor, Math.Max(_floor, oldest.Value.Sequence));
                _byAge.RemoveFirst();
                _records.TryRemove(oldest.Value.Name, out _);
            }

            return true;
        }
    }

    /// <summary>Whether <paramref name="name"/> was, or may have been, invalidated after <paramref name="since"/>.</summary>
    public bool IsInvalidated(string name, long since) =>
        (_records.TryGetValue(name, out var node) && node.Value.Sequence > since) || since < Volatile.Read(ref _floor);

    /// <summary>Forgets every record; only what is older than <paramref name="floor"/> counts as invalidated.</summary>
    public void Restart(long floor)
    {
        lock (_gate)
        {
            Volatile.Write(ref _floor, floor);
            _byAge.Clear();
            _records.Clear();
        }
    }

    private sealed class Record(string name, long sequence)
    {
        private long _sequence = sequence;

        public string Name { get; } = name;

        public long Sequence
        {
            get => Volatile.Read(ref _sequence);
            set => Volatile.Write(ref _sequence, value);
        }
    }
}
