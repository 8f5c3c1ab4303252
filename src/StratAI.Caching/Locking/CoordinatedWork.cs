namespace StratAI.Caching.Locking;

/// <summary>The right to do a piece of work.</summary>
public sealed class CoordinatedWork
{
    internal CoordinatedWork(long fencingToken, CancellationToken lost) => (FencingToken, Lost) = (fencingToken, lost);

    /// <summary>
    /// Higher than that of whoever had this right before, as <see cref="IMutexHandle.FencingToken"/>: a resource that refuses lower ones than it has seen is safe from workers that
    /// were taken for dead.
    /// </summary>
    public long FencingToken { get; }

    /// <summary>Cancelled when another may be doing the work by now; see <see cref="IMutexHandle.Lost"/>.</summary>
    public CancellationToken Lost { get; }
}
