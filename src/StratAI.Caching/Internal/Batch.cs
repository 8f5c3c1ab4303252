namespace StratAI.Caching.Internal;

/// <summary>One call for many keys under way.</summary>
/// <param name="factory">Makes the values of the keys that are missed.</param>
internal sealed class Batch<TKey, T>(Func<IReadOnlyList<TKey>, CancellationToken, ValueTask<IReadOnlyDictionary<TKey, T>>> factory)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private bool _closed;

    public Func<IReadOnlyList<TKey>, CancellationToken, ValueTask<IReadOnlyDictionary<TKey, T>>> Factory => factory;

    public Dictionary<TKey, T> Found { get; } = [];

    /// <summary>Keys that cannot be cached.</summary>
    public List<TKey> Uncached { get; } = [];

    /// <summary>The flights that this call makes.</summary>
    public List<Seat<TKey, T>> Own { get; } = [];

    /// <summary>The flights of other calls.</summary>
    public List<Seat<TKey, T>> Joined { get; } = [];

    /// <summary>Cancelled when nobody waits for any of its own flights; where it has none, with the caller.</summary>
    public CancellationToken WhenAbandoned(CancellationToken cancellationToken)
    {
        if (Own.Count == 0)
        {
            return cancellationToken;
        }

        // Not disposed: it holds nothing to release, and the last to leave cancels it after the end.
        var source = new CancellationTokenSource();
        var left = Own.Count;
        foreach (var seat in Own)
        {
            seat.Flight.Abandoned.UnsafeRegister(
                _ =>
                {
                    if (Interlocked.Decrement(ref left) == 0)
                    {
                        source.Cancel();
                    }
                },
                null);
        }

        return source.Token;
    }

    /// <summary>Takes a value that was made, unless the caller has its answer by now.</summary>
    public void Take(TKey key, T value)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                Found[key] = value;
            }
        }
    }

    public void Take(TKey key, Outcome<T> outcome, ValueCodec<T> codec)
    {
        lock (_gate)
        {
            if (!_closed && !outcome.IsMissing && outcome.TryTake(codec, out var value))
            {
                Found[key] = value;
            }
        }
    }

    /// <summary>Takes values past their lifetime for all that is not made yet; false where there are not as many.</summary>
    public bool TryCloseWithStale(ValueCodec<T> codec)
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var seat in Own.Where(seat => !seat.Flight.Completion.IsCompleted))
            {
                if (seat.Flight.Stale is null || !seat.Flight.Stale.TryTake(codec, out var value))
                {
                    return false;
                }

                Found[seat.Key] = value;
            }

            return Uncached.TrueForAll(Found.ContainsKey);
        }
    }

    public void Leave()
    {
        Own.ForEach(seat => seat.Flight.Leave(abandonedByStarter: !seat.Flight.Completion.IsCompleted));
        Joined.ForEach(seat => seat.Flight.Leave(abandonedByStarter: false));
    }
}

/// <summary>The place of one key in a call for many.</summary>
internal sealed record Seat<TKey, T>(TKey Key, FlightKey FlightKey, Flight<T> Flight)
{
    public string Name => FlightKey.Key;

    public SharedRead Read { get; set; }
}
