namespace StratAI.Caching.Locking.Internal;

/// <summary>Outcomes as bytes, each until the end of its window.</summary>
internal interface IOutcomeStore : IAsyncDisposable
{
    /// <returns><see langword="null"/> where there is none.</returns>
    /// <exception cref="MutexUnavailableException">Nobody can say whether there is one, and without that nothing may be done.</exception>
    ValueTask<byte[]?> FindAsync(string name);

    /// <summary>Keeps an outcome, unless one with a higher token is there.</summary>
    /// <returns>The one that is there instead; <see langword="null"/> where this one was kept.</returns>
    ValueTask<byte[]?> KeepAsync(string name, long fencingToken, byte[] outcome, TimeSpan window);
}
