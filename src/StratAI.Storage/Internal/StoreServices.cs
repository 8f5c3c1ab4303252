using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StratAI.Storage.FileSystem;
using StratAI.Storage.S3;

namespace StratAI.Storage.Internal;

/// <summary>Makes the services of one store from its options. The container treats a key that is null as no key.</summary>
internal sealed class StoreServices(StoreRegistration registration)
{
    public StorageOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptionsMonitor<StorageOptions>>().Get(registration.Name);

    public S3Connection Connection(IServiceProvider provider) => new(
        Options(provider).S3,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<StorageMetrics>(),
        provider.GetRequiredService<ILogger<S3Connection>>());

    public IObjectStore Store(IServiceProvider provider)
    {
        var options = Options(provider);
        var time = provider.GetRequiredService<TimeProvider>();
        var logger = provider.GetRequiredService<ILogger<IObjectStore>>();
        IObjectStore store = options.S3.IsConfigured
            ? new S3ObjectStore(Keyed<S3Connection>(provider), options.Uploads)
            : new FileSystemObjectStore(options.FileSystem, time, logger);
        var metrics = provider.GetRequiredService<StorageMetrics>();
        var measured = new InstrumentedObjectStore(store, metrics, time, logger);
        return registration.MirrorKey is null
            ? measured
            : new MirroredObjectStore(measured, Mirror(provider), registration.Mirror, metrics, logger);
    }

    public IUrlSigner Signer(IServiceProvider provider)
    {
        var options = Options(provider);
        return options.S3.IsConfigured
            ? new S3UrlSigner(Keyed<S3Connection>(provider), Keyed<IObjectStore>(provider))
            : new FileUrlSigner(
                options.FileSystem,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<IUrlSigner>>());
    }

    public IUploadSigner UploadSigner(IServiceProvider provider)
    {
        var options = Options(provider);
        return options.S3.IsConfigured
            ? new S3UploadSigner(Keyed<S3Connection>(provider), options.S3)
            : new FileUploadSigner(
                options.FileSystem,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<IUrlSigner>>());
    }

    public UploadGate Gate(IServiceProvider provider)
    {
        var uploads = Options(provider).Uploads;
        return new(
            uploads,
            provider.GetRequiredService<StorageMetrics>(),
            new(
                provider.GetServices<IUploadScanner>(),
                uploads,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<UploadGate>>()));
    }

    public StorageDoctor Doctor(IServiceProvider provider)
    {
        var store = Keyed<IObjectStore>(provider);
        return new(
            // What is examined is one server, not two of which either may answer.
            store is MirroredObjectStore mirrored ? mirrored.Primary : store,
            Keyed<IUrlSigner>(provider),
            Keyed<IUploadSigner>(provider),
            Options(provider).S3.IsConfigured ? Keyed<S3Connection>(provider) : null,
            provider.GetRequiredService<TimeProvider>());
    }

    public IObjectMirror CopyingMirror(IServiceProvider provider) =>
        Keyed<IObjectStore>(provider) as MirroredObjectStore
        ?? throw new InvalidOperationException($"The IObjectStore registered for {registration.Title} is not this package's, so MirrorTo has no part in it.");

    private IObjectStore Mirror(IServiceProvider provider) =>
        provider.GetKeyedService<IObjectStore>(registration.MirrorKey) ?? throw MirrorMissing(registration);

    private T Keyed<T>(IServiceProvider provider)
        where T : notnull => provider.GetRequiredKeyedService<T>(registration.ServiceKey);

    public static InvalidOperationException MirrorMissing(StoreRegistration registration) => new(
        $"The mirror '{registration.MirrorKey}' of {registration.Title} is not registered: call AddKeyedStratAIStorage with that key.");
}
