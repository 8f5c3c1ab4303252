using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Hybrid;

namespace StratAI.Caching;

/// <summary>
/// How entries of one kind are cached. What is left <see langword="null"/> is as in <see cref="CachingOptions.Default"/>. Named profiles
/// stand in <see cref="CachingOptions.Profiles"/> and are given to a call by <c>cache.Profile(name)</c>; one of the code's own by <see cref="ToEntryOptions"/>.
/// </summary>
public sealed class CacheProfile
{
    private static readonly ConditionalWeakTable<HybridCacheEntryOptions, CacheProfile> Origins = [];

    /// <summary>
    /// Lifetime of an entry. Default 5 minutes; cut to <see cref="CachingOptions.MaximumExpiration"/>. Zero or less: nothing is cached, and <c>SetAsync</c> removes.
    /// </summary>
    public TimeSpan? Expiration { get; set; }

    /// <summary>Lifetime in L1, cut to <see cref="Expiration"/>; default as long as that.</summary>
    public TimeSpan? LocalExpiration { get; set; }

    /// <summary>Levels that are left out; default none.</summary>
    public HybridCacheEntryFlags? Flags { get; set; }

    /// <summary>
    /// Whether the factory runs on one instance at a time, while the others wait for its value, at most
    /// <see cref="CachingOptions.FactoryWait"/>. A miss then costs a second and a third call to Redis. Default <see langword="false"/>.
    /// </summary>
    public bool? Expensive { get; set; }

    /// <summary>
    /// How long after its lifetime an entry may still be served when the factory fails or is slower than <see cref="SoftTimeout"/>; never one that
    /// was, or may have been, invalidated. Zero to 30 days; default zero, never. Lifetime and this are together at most
    /// <see cref="CachingOptions.MaximumExpiration"/>.
    /// </summary>
    public TimeSpan? FailSafe { get; set; }

    /// <summary>
    /// How long callers wait for the factory while there is a value that <see cref="FailSafe"/> allows; they are then served that,
    /// and the factory goes on in the background. More than zero; default for ever.
    /// </summary>
    public TimeSpan? SoftTimeout { get; set; }

    /// <summary>
    /// How long a caller waits altogether; it then gets the value that <see cref="FailSafe"/> allows or a <see cref="TimeoutException"/>, and
    /// the factory goes on in the background. More than zero; default for ever.
    /// </summary>
    public TimeSpan? HardTimeout { get; set; }

    /// <summary>
    /// The part of the lifetime after which a hit in L1 starts the factory in the background, so that the next value is there before
    /// the entry expires. More than 0 and less than 1, such as 0.8; default never. The factory then outlives its caller: it must not use what ends with a request.
    /// </summary>
    public double? EagerRefresh { get; set; }

    /// <summary>
    /// The largest part by which each lifetime is shortened at random, so that entries made together do not expire together. 0 to 0.5; default 0.
    /// </summary>
    public double? Jitter { get; set; }

    /// <summary>
    /// These settings in the form that <see cref="HybridCache"/> takes. Make it once and keep it: later changes of the profile do not reach it. Another
    /// implementation of <see cref="HybridCache"/> sees its lifetimes and flags alone.
    /// </summary>
    /// <returns>The options.</returns>
    public HybridCacheEntryOptions ToEntryOptions()
    {
        var options = new HybridCacheEntryOptions { Expiration = Expiration, LocalCacheExpiration = LocalExpiration, Flags = Flags };
        Origins.Add(options, (CacheProfile)MemberwiseClone());
        return options;
    }

    internal static CacheProfile From(HybridCacheEntryOptions options) => Origins.TryGetValue(options, out var profile)
        ? profile
        : new() { Expiration = options.Expiration, LocalExpiration = options.LocalCacheExpiration, Flags = options.Flags };
}
