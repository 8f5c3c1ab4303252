using System.Globalization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StratAI.Caching.Locking;
using StratAI.Caching.Locking.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the mutex.</summary>
public static class MutexServiceCollectionExtensions
{
    /// <summary>Registers an <see cref="IDistributedMutex"/>, unless one is registered already. Repeated calls add to its options.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; <see langword="null"/> leaves the defaults and whatever else configures them.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddStratAIMutex(this IServiceCollection services, Action<MutexOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<IDistributedMutex>(static provider => MutexFactory.Create(provider, Options.Options.DefaultName));
        return AddOptions(services, Options.Options.DefaultName, configure);
    }

    /// <summary>
    /// Registers an <see cref="IDistributedMutex"/> under <paramref name="serviceKey"/>, unless one is registered already. Its names are its own: it excludes nobody who
    /// uses another mutex.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The service key. Its text names the options and is part of every Redis key, so that it must be the same on all instances.</param>
    /// <param name="configure">Sets the options; <see langword="null"/> leaves the defaults and whatever else configures them.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The service key has no text.</exception>
    public static IServiceCollection AddKeyedStratAIMutex(this IServiceCollection services, object serviceKey, Action<MutexOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        var name = Convert.ToString(serviceKey, CultureInfo.InvariantCulture);
        ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(serviceKey));
        services.TryAddKeyedSingleton<IDistributedMutex>(serviceKey, (provider, _) => MutexFactory.Create(provider, name));
        return AddOptions(services, name, configure);
    }

    private static IServiceCollection AddOptions(IServiceCollection services, string name, Action<MutexOptions>? configure)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MutexOptions>, MutexOptionsValidator>());
        var options = services.AddOptions<MutexOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return services;
    }
}
