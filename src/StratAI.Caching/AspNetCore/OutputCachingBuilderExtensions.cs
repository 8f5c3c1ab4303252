using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StratAI.Caching;
using StratAI.Caching.AspNetCore;
using StratAI.Caching.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts ASP.NET Core's output cache on the cache.</summary>
public static class OutputCachingBuilderExtensions
{
    /// <summary>
    /// Adds output caching, and makes this cache its store in place of any other. Responses are then shared by all instances, kept in L1
    /// coherently, and evicted by <see cref="HybridCache.RemoveByTagAsync(string, CancellationToken)"/> together with all else under the tag; the store's
    /// <c>EvictByTagAsync</c> is the same call. The pipeline needs <c>UseOutputCache()</c>. A response of more than
    /// <see cref="CachingOptions.MaximumPayloadBytes"/> is not kept, nor one that was begun before its tag was last evicted.
    /// </summary>
    /// <param name="builder">The cache.</param>
    /// <exception cref="InvalidOperationException">
    /// When the store is first used: the application registered a <see cref="HybridCache"/> of its own before.
    /// </exception>
    public static ICachingBuilder AddOutputCacheStore(this ICachingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        var key = (builder as CachingBuilder)?.ServiceKey ?? (builder.Name.Length == 0 ? null : builder.Name);
        services.AddOutputCache();
        services.AddHttpContextAccessor();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<OutputCacheOptions>, OutputCacheStampPolicy>());
        services.Replace(ServiceDescriptor.Singleton<IOutputCacheStore>(provider =>
            new CoherentOutputCacheStore(CacheOf(provider, key), provider.GetRequiredService<IHttpContextAccessor>())));
        return builder;
    }

    private static CoherentHybridCache CacheOf(IServiceProvider provider, object? key) =>
        provider.GetRequiredKeyedService<HybridCache>(key) is var cache && cache is CoherentHybridCache ours
            ? ours
            : throw new InvalidOperationException(
                $"Output caching needs the cache of AddStratAICaching, and {cache.GetType()} was registered before it.");
}
