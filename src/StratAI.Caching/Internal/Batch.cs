namespace StratAI.Caching.Internal;

/// <summary>One call for many keys under way.</summary>
/// <param name="factory">Makes the values of the keys that are missed.</param>
internal sealed class Batch<TKey, T>(Func<IReadOnlyList<TKey>, CancellationToken, ValueTask<IReadOnlyDictionary<TKey, T>>> factory)
    where TKey : notnull
{
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
