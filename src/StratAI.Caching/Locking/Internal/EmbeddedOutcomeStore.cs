namespace StratAI.Caching.Locking.Internal;

/// <summary>Outcomes in this process. Each write first clears away what has expired, which is cheap as windows are short.</summary>
internal sealed class EmbeddedOutcomeStore(TimeProvider time) : IOutcomeStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, long> _ends = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _kept.Count;
            }
        }
    }

    public ValueTask<byte[]?> FindAsync(string name)
    {
        lock (_gate)
        {
            return new(_kept.TryGetValue(name, out var kept) && kept.End > time.GetTimestamp() ? kept.Outcome : null);
        }
    }

    public ValueTask<byte[]?> KeepAsync(string name, long fencingToken, byte[] outcome, TimeSpan window)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            while (_ends.TryPeek(out var first, out var end) && end <= now)
            {
                _ends.Dequeue();
                if (_kept.TryGetValue(first, out var ended) && ended.End <= now)
                {
                    _kept.Remove(first);
                }
            }

            if (_kept.TryGetValue(name, out var kept) && kept.FencingToken > fencingToken)
            {
                return new(kept.Outcome);
            }

            var until = now + (long)(window.TotalSeconds * time.TimestampFrequency);
            _kept[name] = new(fencingToken, outcome, until);
            _ends.Enqueue(name, until);
            return default;
        }
    }

    public ValueTask DisposeAsync() => default;

    private readonly record struct Kept(long FencingToken, byte[] Outcome, long End);
}
