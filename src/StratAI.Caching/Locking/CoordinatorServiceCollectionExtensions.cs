using Microsoft.Extensions.DependencyInjection.Extensions;
using StratAI.Caching.Locking;
using StratAI.Caching.Locking.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the coordinator.</summary>
public static class CoordinatorServiceCollectionExtensions
{
    /// <summary>
    /// Registers an <see cref="IDistributedCoordinator"/>, unless one is registered already, and the mutex it stands on, as
    /// <see cref="MutexServiceCollectionExtensions.AddStratAIMutex"/> does. It keeps outcomes where the mutex is kept, and serialises them as the cache does its values.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options of the mutex; <see langword="null"/> leaves the defaults and whatever else configures them.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddStratAICoordinator(this IServiceCollection services, Action<MutexOptions>? configure = null)
    {
        services.AddStratAIMutex(configure);
        services.TryAddSingleton<IDistributedCoordinator>(CoordinatorFactory.Create);
        return services;
    }
}
