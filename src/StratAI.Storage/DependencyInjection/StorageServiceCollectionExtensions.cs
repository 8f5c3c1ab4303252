using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StratAI.Storage;
using StratAI.Storage.FileSystem;
using StratAI.Storage.Internal;
using StratAI.Storage.S3;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of StratAI.Storage.</summary>
public static class StorageServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IObjectStore"/>, <see cref="IUrlSigner"/>, <see cref="IUploadSigner"/> and <see cref="UploadGate"/> as singletons, on files or, with
    /// <see cref="S3Options.Endpoint"/> set, on S3. Services already registered stay; calling it again only adds to the configuration. The
    /// options are checked when the host starts.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>A builder over the same services.</returns>
    public static IStorageBuilder AddStratAIStorage(this IServiceCollection services, Action<StorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.AddMetrics();
        var options = services.AddOptions<StorageOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StorageMetrics>();
        // The container disposes what it makes: the connection only ever exists when S3 is configured.
        services.TryAddSingleton(provider => new S3Connection(
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.S3,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<StorageMetrics>(),
            provider.GetRequiredService<ILogger<S3Connection>>()));
        services.TryAddSingleton<IObjectStore>(CreateStore);
        services.TryAddSingleton<IUrlSigner>(CreateSigner);
        services.TryAddSingleton<IUploadSigner>(CreateUploadSigner);
        services.TryAddSingleton(provider => new UploadGate(
            provider.GetRequiredService<IOptions<StorageOptions>>(),
            provider.GetRequiredService<StorageMetrics>(),
            new(
                provider.GetServices<IUploadScanner>(),
                provider.GetRequiredService<IOptions<StorageOptions>>().Value.Uploads,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<UploadGate>>())));
        return new StorageBuilder(services);
    }

    private static InstrumentedObjectStore CreateStore(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        var logger = provider.GetRequiredService<ILogger<IObjectStore>>();
        IObjectStore store = options.S3.IsConfigured
            ? new S3ObjectStore(provider.GetRequiredService<S3Connection>(), options.Uploads)
            : new FileSystemObjectStore(options.FileSystem, time, logger);
        return new(store, provider.GetRequiredService<StorageMetrics>(), time, logger);
    }

    private static IUrlSigner CreateSigner(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        return options.S3.IsConfigured
            ? new S3UrlSigner(provider.GetRequiredService<S3Connection>(), provider.GetRequiredService<IObjectStore>())
            : new FileUrlSigner(
                options.FileSystem,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<IUrlSigner>>());
    }

    private static IUploadSigner CreateUploadSigner(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        return options.S3.IsConfigured
            ? new S3UploadSigner(provider.GetRequiredService<S3Connection>(), options.S3)
            : new FileUploadSigner(
                options.FileSystem,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<IUrlSigner>>());
    }

    private sealed class StorageBuilder(IServiceCollection services) : IStorageBuilder
    {
        public IServiceCollection Services => services;
    }
}
