using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StratAI.Testing;

namespace StratAI.Storage.Tests.Testing;

/// <summary>The package as an application gets it, on a folder of its own or on the S3 server.</summary>
public sealed class TestStorage : IAsyncDisposable
{
    private static readonly string SharedBucket = "stratai-tests-" + Guid.NewGuid().ToString("N")[..12];
    private readonly ServiceProvider _services;

    private TestStorage(Action<StorageOptions> configure, TimeProvider? time, ILoggerProvider? log = null, IEnumerable<IUploadScanner>? scanners = null)
    {
        Folder = Directory.CreateTempSubdirectory("stratai-storage-tests-").FullName;
        var services = new ServiceCollection();
        if (time is not null)
        {
            services.AddSingleton(time);
        }

        if (log is not null)
        {
            services.AddLogging(logging => logging.AddProvider(log));
        }

        foreach (var scanner in scanners ?? [])
        {
            services.AddSingleton(scanner);
        }

        services.AddStratAIStorage(options =>
        {
            options.FileSystem.Root = Path.Combine(Folder, "objects");
            options.Uploads.TemporaryFolder = Path.Combine(Folder, "temporary");
            configure(options);
        });
        _services = services.BuildServiceProvider();
    }

    /// <summary>Removed with this object.</summary>
    public string Folder { get; }

    public string TemporaryFolder => Options.Uploads.TemporaryFolder;

    public IServiceProvider Services => _services;

    public StorageOptions Options => _services.GetRequiredService<IOptions<StorageOptions>>().Value;

    public IObjectStore Store => _services.GetRequiredService<IObjectStore>();

    public IUrlSigner Signer => _services.GetRequiredService<IUrlSigner>();

    public IUploadSigner UploadSigner => _services.GetRequiredService<IUploadSigner>();

    public UploadGate Gate => _services.GetRequiredService<UploadGate>();

    public static TestStorage OnFiles(
        Action<StorageOptions>? configure = null, TimeProvider? time = null, ILoggerProvider? log = null, IEnumerable<IUploadScanner>? scanners = null) =>
        new(configure ?? (_ => { }), time, log, scanners);

    public static TestStorage OnS3(
        Action<S3Options>? configure = null, TimeProvider? time = null, ILoggerProvider? log = null, Action<StorageOptions>? all = null) => new(
        options =>
        {
            options.S3 = new()
            {
                Endpoint = TestServers.S3Endpoint,
                AccessKey = TestServers.S3AccessKey,
                SecretKey = TestServers.S3SecretKey,
                Bucket = SharedBucket,
                CreateBucket = true,
            };
            configure?.Invoke(options.S3);
            all?.Invoke(options);
        },
        time,
        log);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
