using System.Globalization;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StratAI.Caching;
using StratAI.Caching.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the cache.</summary>
public static class CachingServiceCollectionExtensions
{
    /// <summary>
    /// Registers a <see cref="HybridCache"/>, unless one is registered already. Repeated calls add to its options.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; <see langword="null"/> leaves the defaults and whatever else configures them.</param>
    /// <returns>A builder for this cache.</returns>
    public static ICachingBuilder AddStratAICaching(this IServiceCollection services, Action<CachingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<HybridCache>(static provider => CacheFactory.Create(provider, Options.Options.DefaultName));
        return AddOptions(services, Options.Options.DefaultName, null, configure);
    }

    /// <summary>
    /// Registers a <see cref="HybridCache"/> under <paramref name="serviceKey"/>, unless one is registered already. It shares neither L1 nor
    /// Redis keys with any other cache.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">
    /// The service key. Its text names the options and is part of every Redis key, so that it must be the same on all instances and of
    /// one cache alone.
    /// </param>
    /// <param name="configure">Sets the options; <see langword="null"/> leaves the defaults and whatever else configures them.</param>
    /// <returns>A builder for this cache.</returns>
    /// <exception cref="ArgumentException">The service key has no text.</exception>
    public static ICachingBuilder AddKeyedStratAICaching(
        this IServiceCollection services, object serviceKey, Action<CachingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        var name = Convert.ToString(serviceKey, CultureInfo.InvariantCulture);
        ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(serviceKey));
        services.TryAddKeyedSingleton<HybridCache>(serviceKey, (provider, _) => CacheFactory.Create(provider, name));
        return AddOptions(services, name, serviceKey, configure);
    }

    private static CachingBuilder AddOptions(IServiceCollection services, string name, object? serviceKey, Action<CachingOptions>? configure)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CachingOptions>, CachingOptionsValidator>());
        var options = services.AddOptions<CachingOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return new(services, name, serviceKey);
    }
}
