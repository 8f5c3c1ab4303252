namespace StratAI.Caching.Internal;

/// <summary>
/// What all instances of a cache share: the order of invalidations, and L2. Implementations tell <see cref="LocalLevel"/> of every
/// invalidation, their own before the call returns. Nothing but the caller's cancellation makes a method throw.
/// </summary>
internal interface ISharedLevel : IAsyncDisposable
{
    /// <summary>Whether other instances may share the cache.</summary>
    bool IsDistributed { get; }

    /// <summary>What keeps the level from working in full, or <see langword="null"/>.</summary>
    string? Impairment { get; }

    /// <summary>Whether an invalidation of the key or of a tag has not reached the other instances yet; its entries count as absent.</summary>
    bool IsInDoubt(string key, string[] tags);

    /// <param name="key">The entry.</param>
    /// <param name="begun">The stamp when the call began.</param>
    /// <param name="strict">
    /// Whether the shared level itself must judge the entry's tags; else this instance may, by the invalidations that have come to it.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<SharedRead> ReadAsync(string key, Stamp begun, bool strict, CancellationToken cancellationToken);

    /// <summary>Reads many entries in one round trip; the answers are in the order of the keys.</summary>
    ValueTask<SharedRead[]> ReadManyAsync(IReadOnlyList<string> keys, Stamp begun, CancellationToken cancellationToken);

    /// <summary>Reads an entry, or takes the lease to make it. While another instance has that, waits for what comes of it.</summary>
    /// <param name="key">The entry.</param>
    /// <param name="begun">The stamp when the call began.</param>
    /// <param name="atLeast">How long an entry must live on to do.</param>
    /// <param name="patience">How long to wait at the most; zero not at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Claim> ClaimAsync(string key, Stamp begun, TimeSpan atLeast, TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>Stores a value made since <paramref name="stamp"/>, unless its key or a tag was invalidated after that.</summary>
    ValueTask<FillResult> FillAsync(string key, Content content, EntryPolicy policy, Stamp stamp);

    /// <summary>Overwrites an entry everywhere. <see langword="null"/> when the shared level was not reached; the entry then counts as removed.</summary>
    ValueTask<Stamp?> SetAsync(string key, Content content, EntryPolicy policy);

    ValueTask RemoveAsync(IReadOnlyList<string> keys);

    ValueTask RemoveByTagAsync(IReadOnlyList<string> tags);

    ValueTask RemoveAllAsync();

    /// <summary>Whether nothing of an entry was invalidated after <paramref name="stamp"/>; <see langword="null"/> where there is no answer.</summary>
    ValueTask<bool?> VerifyAsync(string key, string[] tags, Stamp stamp);

    /// <summary>
    /// The sequence that L1 must have reached for a session to see its own writes: 0 where it has, <see cref="long.MaxValue"/> where nobody can say.
    /// </summary>
    ValueTask<long> FloorOfAsync(string session);
}
