using StratAI.Caching;
using StratAI.Caching.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Runs the caches of an application under test on a server in memory.</summary>
public static class CachingBuilderClusterExtensions
{
    /// <summary>
    /// Makes the cache a node of <paramref name="cluster"/> in place of what its options say, so that several applications in one test process share
    /// it as instances share one Redis. Its clock is the cluster's. The last call for a cache holds. Without effect where the application registered a
    /// <c>HybridCache</c> of another kind.
    /// </summary>
    /// <param name="builder">The cache; <c>services.AddStratAICaching()</c> gives that of one registered before.</param>
    /// <param name="cluster">The cluster. The application does not dispose it.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static ICachingBuilder UseCluster(this ICachingBuilder builder, CacheCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(cluster);
        builder.Services.AddSingleton(new ClusterChoice(builder.Name, cluster));
        return builder;
    }
}
