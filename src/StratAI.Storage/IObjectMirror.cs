namespace StratAI.Storage;

/// <summary>Brings the mirror of a store up to date. Registered by <c>MirrorTo</c>, keyed as its store is.</summary>
public interface IObjectMirror
{
    /// <summary>
    /// Copies to the mirror what it lacks, while both are in use: objects that it does not have, has of another size, or has from before they
    /// were last written. Both listings are read side by side, so memory does not grow with their length. Nothing is deleted.
    /// </summary>
    /// <param name="prefix">What the keys begin with. Default: all objects.</param>
    /// <param name="after">Begins behind this key, for instance the <see cref="MirrorProgress.LastKey"/> of an earlier copy.</param>
    /// <param name="progress">Told after every few objects.</param>
    /// <param name="cancellationToken">Ends the copy; what was copied stays.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="ObjectStoreException">One of the stores is unavailable or denies access; the copy can go on later.</exception>
    Task<MirrorProgress> CopyMissingAsync(
        string prefix = "", string? after = null, IProgress<MirrorProgress>? progress = null, CancellationToken cancellationToken = default);
}
