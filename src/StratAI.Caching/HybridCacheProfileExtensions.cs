using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Internal;

namespace StratAI.Caching;

/// <summary>Named profiles of a cache.</summary>
public static class HybridCacheProfileExtensions
{
    /// <summary>A profile of <see cref="CachingOptions.Profiles"/>, to be given to a call. Always the same instance; asking costs a look-up.</summary>
    /// <param name="cache">A cache of this package.</param>
    /// <param name="name">The profile's name; case is ignored.</param>
    /// <returns>The options of the profile.</returns>
    /// <exception cref="ArgumentException">The cache has no such profile, or is not one of this package.</exception>
    public static HybridCacheEntryOptions Profile(this HybridCache cache, string name)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(name);
        return cache is CoherentHybridCache coherent
            ? coherent.Profile(name)
            : throw new ArgumentException($"Profiles belong to caches of {nameof(StratAI)}.{nameof(Caching)}; this is a {cache.GetType()}.", nameof(cache));
    }
}
