namespace StratAI.Caching.Locking;

/// <summary>
/// Single flight with a shared outcome, across all instances that share a Redis, or within the process where there is none: of all who ask for the same work, one
/// does it, and the others get what came of it.
/// </summary>
/// <remarks>
/// The work may still run more than once: when its holder died, failed in a way that is nobody else's, or was taken for dead. It therefore reads what it depends on
/// itself, after it was called, and guards what must not happen twice by <see cref="CoordinatedWork.FencingToken"/>.
/// </remarks>
public interface IDistributedCoordinator
{
    /// <summary>Gets the outcome of the work that <paramref name="key"/> names: one that is known, another's who is at it, or that of <paramref name="work"/>.</summary>
    /// <typeparam name="T">The outcome, which must be serialisable.</typeparam>
    /// <param name="key">
    /// What the work is, down to the version of what it starts from: an outcome is replayed for all of its window to whoever gives this key. Any text but an empty one;
    /// Redis sees only its SHA-256.
    /// </param>
    /// <param name="work">
    /// Does the work. Called at most once at a time, and not at all where the outcome is known by then. It also runs on for others when the caller that brought it
    /// has left, so it must not use what belongs to that caller alone. Its token is <see cref="CoordinatedWork.Lost"/>, never a caller's.
    /// </param>
    /// <param name="options">How to share it; <see langword="null"/>: the defaults. All who give the same key give the same options.</param>
    /// <param name="cancellationToken">Ends this caller's wait, and nobody else's. Work that has begun runs on.</param>
    /// <returns>The outcome.</returns>
    /// <exception cref="SharedFailureException">The work failed, here or elsewhere, in a way that <see cref="CoordinationOptions.ShareFailure"/> shares.</exception>
    /// <exception cref="TimeoutException">Others were at it for all of <see cref="CoordinationOptions.Timeout"/>.</exception>
    /// <exception cref="MutexUnavailableException">Redis does not answer, and <see cref="MutexOptions.Outage"/> is <see cref="MutexOutage.Refuse"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// The outcome is secret and no data protection is registered, or <typeparamref name="T"/> is not serialisable.
    /// </exception>
    ValueTask<T> CoordinateAsync<T>(
        string key,
        Func<CoordinatedWork, CancellationToken, ValueTask<T>> work,
        CoordinationOptions? options = null,
        CancellationToken cancellationToken = default);
}
