namespace StratAI.Caching.Locking;

/// <summary>
/// A mutex that is held. Its lease is renewed until it is disposed of, which gives the mutex to whoever is next; doing so again, or after the lease was lost,
/// does nothing and harms nobody. Disposal does not throw.
/// </summary>
public interface IMutexHandle : IAsyncDisposable
{
    /// <summary>The name that is held.</summary>
    string Name { get; }

    /// <summary>
    /// More than zero, and higher than in any earlier acquisition of the name; a resource that remembers the highest it has seen, and refuses lower ones, is safe from
    /// holders that do not know yet that they lost their lease. Numbers from a time without Redis (<see cref="IsLocal"/>) do not compare with those of Redis.
    /// </summary>
    long FencingToken { get; }

    /// <summary>Whether it excludes others in this process alone: embedded, or by <see cref="MutexOutage.Local"/>.</summary>
    bool IsLocal { get; }

    /// <summary>
    /// Cancelled when another holds the mutex, or may soon, as the lease could not be renewed: 5 % of the lease before its end by this machine's monotonic
    /// clock. Never where <see cref="IsLocal"/>, nor by disposal.
    /// </summary>
    CancellationToken Lost { get; }
}
