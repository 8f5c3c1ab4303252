namespace StratAI.Caching.Locking;

/// <summary>Redis did not answer, so that nobody can say who holds the mutex. Thrown under <see cref="MutexOutage.Refuse"/>.</summary>
public sealed class MutexUnavailableException : Exception
{
    internal MutexUnavailableException(TimeSpan retryAfter, Exception? innerException)
        : base("The mutex cannot be acquired, as Redis does not answer.", innerException) => RetryAfter = retryAfter;

    /// <summary>After how long an attempt makes sense; more than zero. For <c>Retry-After</c>.</summary>
    public TimeSpan RetryAfter { get; }
}
