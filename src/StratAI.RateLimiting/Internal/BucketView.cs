namespace StratAI.RateLimiting.Internal;

/// <summary>What one request found in its bucket.</summary>
/// <param name="NowMicros">The time on the clock that decided it.</param>
/// <param name="Remaining">The whole permits left.</param>
/// <param name="ResetMicros">Microseconds until it is full again.</param>
/// <param name="RetryMicros">Microseconds until it has room for the request, or one of the constants.</param>
/// <param name="Taken">The permits that were taken, or <see cref="GivenBack"/>.</param>
internal readonly record struct BucketView(long NowMicros, long Remaining, long ResetMicros, long RetryMicros, long Taken)
{
    /// <summary>There was room.</summary>
    public const long HasRoom = -1;

    /// <summary>There never is room: the cost is above the limit.</summary>
    public const long Never = -2;

    /// <summary>There is room when others give back what they hold.</summary>
    public const long Unknown = -3;

    /// <summary>They were taken, and given back because another slot of a cluster refused the call.</summary>
    public const long GivenBack = -1;

    public bool IsViolated => RetryMicros != HasRoom;
}
