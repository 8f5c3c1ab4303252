using System.Globalization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StratAI.Storage;
using StratAI.Storage.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of StratAI.Storage.</summary>
public static class StorageServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IObjectStore"/>, <see cref="IUrlSigner"/>, <see cref="IUploadSigner"/>, <see cref="UploadGate"/> and
    /// <see cref="StorageDoctor"/> as singletons, on files or, with <see cref="S3Options.Endpoint"/> set, on S3. Services already registered
    /// stay; calling it again only adds to the configuration. The options are checked when the host starts.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>A builder for this store.</returns>
    public static IStorageBuilder AddStratAIStorage(this IServiceCollection services, Action<StorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return Add(services, Options.Options.DefaultName, null, configure);
    }

    /// <summary>
    /// Adds another store under <paramref name="serviceKey"/>: the same services, keyed, on a folder or bucket of its own. Of several stores
    /// on files each needs its own <see cref="FileSystemOptions.Root"/> and <see cref="FileSystemOptions.PublicPath"/>, which is checked when
    /// the host starts.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">The service key. Its text names the options.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>A builder for this store.</returns>
    /// <exception cref="ArgumentException">The service key has no text.</exception>
    public static IStorageBuilder AddKeyedStratAIStorage(
        this IServiceCollection services, object serviceKey, Action<StorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        var name = Convert.ToString(serviceKey, CultureInfo.InvariantCulture);
        ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(serviceKey));
        return Add(services, name, serviceKey, configure);
    }

    private static StorageBuilder Add(IServiceCollection services, string name, object? serviceKey, Action<StorageOptions>? configure)
    {
        services.AddLogging();
        services.AddMetrics();
        var options = services.AddOptions<StorageOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StoreChecks>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StorageMetrics>();

        var registration = services.Registrations().FirstOrDefault(known => known.Name == name);
        if (registration is null)
        {
            registration = new(name, serviceKey);
            services.AddSingleton(registration);
        }

        var store = new StoreServices(registration);
        // The container disposes what it makes: the connection only ever exists when S3 is configured.
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => store.Connection(provider));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => store.Store(provider));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => store.Signer(provider));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => store.UploadSigner(provider));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => store.Gate(provider));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => store.Doctor(provider));
        return new(services, registration);
    }
}
