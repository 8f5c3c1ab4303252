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

    /// <summary>Whether L1 may be read at <paramref name="now"/>, a timestamp of the cache's clock.</summary>
    bool TrustsLocal(long now);

    /// <summary>Whether an invalidation of the key or of a tag has not reached the other instances yet; its entries count as absent.</summary>
    bool IsInDoubt(string key, string[] tags);

    ValueTask<SharedRead> ReadAsync(string key, Stamp begun, CancellationToken cancellationToken);

    /// <summary>Stores a value made since <paramref name="stamp"/>, unless its key or a tag was invalidated after that.</summary>
    ValueTask<FillResult> FillAsync(string key, Content content, TimeSpan expiration, Stamp stamp);

    /// <summary>Overwrites an entry everywhere. <see langword="null"/> when the shared level was not reached; the entry then counts as removed.</summary>
    ValueTask<Stamp?> SetAsync(string key, Content content, TimeSpan expiration);

    ValueTask RemoveAsync(IReadOnlyList<string> keys);

    ValueTask RemoveByTagAsync(IReadOnlyList<string> tags);

    ValueTask RemoveAllAsync();
}
