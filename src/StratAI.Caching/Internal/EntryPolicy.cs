using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Internal;

/// <summary>What one call asks for, after the cache's defaults and limits.</summary>
internal readonly record struct EntryPolicy(TimeSpan Expiration, TimeSpan LocalExpiration, HybridCacheEntryFlags Flags)
{
    public bool ReadsLocal => !Flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheRead);

    public bool WritesLocal => !Flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheWrite);

    public bool ReadsShared => !Flags.HasFlag(HybridCacheEntryFlags.DisableDistributedCacheRead);

    public bool WritesShared => !Flags.HasFlag(HybridCacheEntryFlags.DisableDistributedCacheWrite);

    public bool UsesFactory => !Flags.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData);

    public static EntryPolicy From(HybridCacheEntryOptions? asked, CachingOptions defaults)
    {
        var expiration = Least(asked?.Expiration ?? defaults.DefaultExpiration, defaults.MaximumExpiration);
        var local = Least(asked?.LocalCacheExpiration ?? defaults.DefaultLocalExpiration ?? expiration, expiration);
        return new(expiration, local, asked?.Flags ?? HybridCacheEntryFlags.None);
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
