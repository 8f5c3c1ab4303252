namespace StratAI.Caching.Internal;

/// <summary>How a <c>GetOrCreateAsync</c> call was served.</summary>
internal enum RequestOutcome
{
    /// <summary>From L1.</summary>
    Local,

    /// <summary>From L2.</summary>
    Shared,

    /// <summary>By the factory.</summary>
    Created,

    /// <summary>By the flight of another call.</summary>
    Joined,

    /// <summary>With a value past its lifetime, as the factory failed or was slow.</summary>
    Stale,

    /// <summary>Not at all: a miss, and the call forbade the factory.</summary>
    Absent,

    /// <summary>By the factory, as the key, the tags or the lifetime cannot be cached.</summary>
    Bypassed,

    /// <summary>With the factory's exception or the caller's cancellation.</summary>
    Failed,
}
