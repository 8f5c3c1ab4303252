namespace StratAI.Caching.Locking.Internal;

/// <summary>Knows who holds which name. Arguments have been checked.</summary>
internal interface IMutexStore : IAsyncDisposable
{
    /// <param name="name">What is locked.</param>
    /// <param name="wait">Longest wait; zero: none; infinite: no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns><see langword="null"/> where another still held it at the end of the wait.</returns>
    /// <exception cref="MutexUnavailableException">Nobody can say who holds it.</exception>
    ValueTask<IMutexHandle?> AcquireAsync(string name, TimeSpan wait, CancellationToken cancellationToken);
}
