namespace StratAI.Caching.Locking;

/// <summary>
/// Mutual exclusion by name, across all instances that share a Redis, or within the process where there is none. Not re-entrant: who holds a name and
/// acquires it again waits for itself until the timeout. Who waits is served first come, first served, unless it died.
/// </summary>
/// <remarks>
/// No lease can stop work that goes on after it ended: a process that was paused may act once more. What must not happen twice is therefore to be guarded by
/// <see cref="IMutexHandle.FencingToken"/> at the resource itself.
/// </remarks>
public interface IDistributedMutex
{
    /// <summary>Waits until it is held.</summary>
    /// <param name="name">What is locked; 1 to 512 UTF-16 code units of well-formed text. It stands in Redis keys as it is.</param>
    /// <param name="timeout">
    /// Longest wait. <see langword="null"/> (the default): <see cref="MutexOptions.DefaultTimeout"/>. Zero: none. <see cref="Timeout.InfiniteTimeSpan"/>: no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. What was acquired all the same is given back.</param>
    /// <returns>What holds it until it is disposed of.</returns>
    /// <exception cref="TimeoutException">Another held it for all of <paramref name="timeout"/>.</exception>
    /// <exception cref="MutexUnavailableException">Redis does not answer, and <see cref="MutexOptions.Outage"/> is <see cref="MutexOutage.Refuse"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ValueTask<IMutexHandle> AcquireAsync(string name, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Acquires it if nobody holds it or waits for it.</summary>
    /// <param name="name">As for <see cref="AcquireAsync"/>.</param>
    /// <param name="cancellationToken">Ends the call. What was acquired all the same is given back.</param>
    /// <returns>What holds it until it is disposed of, or <see langword="null"/> where another does.</returns>
    /// <exception cref="MutexUnavailableException">As for <see cref="AcquireAsync"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ValueTask<IMutexHandle?> TryAcquireAsync(string name, CancellationToken cancellationToken = default);
}
