namespace StratAI.Caching.Locking;

/// <summary>What an acquisition does when Redis does not answer.</summary>
public enum MutexOutage
{
    /// <summary>It fails with <see cref="MutexUnavailableException"/>: nothing is done that another instance might be doing.</summary>
    Refuse,

    /// <summary>
    /// It excludes the callers of this instance alone, and its handle says so. To hold across the beginning and the end of an outage, the callers of an instance always queue among
    /// themselves first: first come, first served is then kept within an instance, not between instances.
    /// </summary>
    Local,
}
