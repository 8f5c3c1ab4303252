using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching.Internal;

/// <summary>What one call asks for, after the cache's defaults and limits.</summary>
internal sealed record EntryPolicy
{
    private EntryPolicy(CacheProfile asked, CachingOptions options)
    {
        var defaults = options.Default;
        Expiration = Least(asked.Expiration ?? defaults.Expiration ?? CachingOptions.UsualExpiration, options.MaximumExpiration);
        LocalExpiration = Least(asked.LocalExpiration ?? defaults.LocalExpiration ?? Expiration, Expiration);
        Flags = asked.Flags ?? defaults.Flags ?? HybridCacheEntryFlags.None;
        IsExpensive = asked.Expensive ?? defaults.Expensive ?? false;
        FailSafe = Least(asked.FailSafe ?? defaults.FailSafe ?? TimeSpan.Zero, options.MaximumExpiration - Expiration);
        SoftTimeout = asked.SoftTimeout ?? defaults.SoftTimeout ?? Timeout.InfiniteTimeSpan;
        HardTimeout = asked.HardTimeout ?? defaults.HardTimeout ?? Timeout.InfiniteTimeSpan;
        RefreshMargin = (asked.EagerRefresh ?? defaults.EagerRefresh) is { } part ? (1 - part) * Expiration : null;
        Jitter = asked.Jitter ?? defaults.Jitter ?? 0;
    }

    public TimeSpan Expiration { get; private init; }

    public TimeSpan LocalExpiration { get; private init; }

    public HybridCacheEntryFlags Flags { get; init; }

    public bool IsExpensive { get; }

    public TimeSpan FailSafe { get; }

    public TimeSpan SoftTimeout { get; }

    public TimeSpan HardTimeout { get; }

    /// <summary>How long before its end an entry is made anew; <see langword="null"/>: only after it.</summary>
    public TimeSpan? RefreshMargin { get; }

    public double Jitter { get; }

    /// <summary>How long L2 keeps an entry.</summary>
    public TimeSpan Kept => Expiration + FailSafe;

    public bool ReadsLocal => !Flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheRead);

    public bool WritesLocal => !Flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheWrite);

    public bool ReadsShared => !Flags.HasFlag(HybridCacheEntryFlags.DisableDistributedCacheRead);

    public bool WritesShared => !Flags.HasFlag(HybridCacheEntryFlags.DisableDistributedCacheWrite);

    public bool UsesFactory => !Flags.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData);

    public bool Compresses => !Flags.HasFlag(HybridCacheEntryFlags.DisableCompression);

    public static EntryPolicy From(HybridCacheEntryOptions? asked, CachingOptions options) =>
        new(asked is null ? options.Default : CacheProfile.From(asked), options);

    /// <summary>The policy for one entry to be stored: its lifetime shortened by chance.</summary>
    public EntryPolicy ForStoring()
    {
        if (Jitter == 0)
        {
            return this;
        }

        var part = 1 - (Jitter * Random.Shared.NextDouble());
        return this with { Expiration = Expiration * part, LocalExpiration = LocalExpiration * part };
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
