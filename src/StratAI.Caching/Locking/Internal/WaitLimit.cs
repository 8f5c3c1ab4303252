namespace StratAI.Caching.Locking.Internal;

/// <summary>When a wait is over, by the monotonic clock.</summary>
internal readonly struct WaitLimit(TimeSpan wait, TimeProvider time)
{
    /// <summary>The longest that a timer takes, in whole days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private readonly long _start = time.GetTimestamp();

    /// <summary>What is left of it: zero when it is over, infinite where it has no limit.</summary>
    public TimeSpan Left
    {
        get
        {
            if (wait == Timeout.InfiniteTimeSpan)
            {
                return wait;
            }

            var left = wait - time.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public static bool IsValid(TimeSpan wait) => wait == Timeout.InfiniteTimeSpan || (wait >= TimeSpan.Zero && wait <= Longest);
}
