namespace StratAI.Caching.Internal;

/// <summary>Of an entry in L1, in timestamps of the cache's clock.</summary>
/// <param name="ExpiresAt">When it becomes a miss.</param>
/// <param name="KeptUntil">Until when it may be served should the factory fail.</param>
/// <param name="RefreshAt">When a hit makes it anew in the background.</param>
internal readonly record struct Lifetime(long ExpiresAt, long KeptUntil, long RefreshAt)
{
    /// <summary>Of an entry stored or found now.</summary>
    public static Lifetime From(CacheClock clock, EntryPolicy policy, TimeSpan remaining, TimeSpan grace)
    {
        var now = clock.Now;
        var end = clock.After(now, remaining);
        return new(
            remaining < policy.LocalExpiration ? end : clock.After(now, policy.LocalExpiration),
            policy.FailSafe > TimeSpan.Zero ? clock.After(end, grace) : end,
            policy.RefreshMargin is { } margin && end != long.MaxValue ? end - clock.Ticks(margin) : long.MaxValue);
    }
}
