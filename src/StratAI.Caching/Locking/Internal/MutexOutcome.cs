namespace StratAI.Caching.Locking.Internal;

/// <summary>How an attempt to acquire a mutex ended.</summary>
internal enum MutexOutcome
{
    Acquired,

    /// <summary>Acquired, for this process alone.</summary>
    Local,

    /// <summary>Another held it, for all of the wait if there was one.</summary>
    Busy,

    Cancelled,

    Unavailable,

    Failed,
}
