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

    private TestStorage(
        Action<StorageOptions> configure, TimeProvider? time, ILoggerProvider? log = null, IEnumerable<IUploadScanner>? scanners = null,
        Action<IStorageBuilder, string>? extend = null)
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

        var builder = services.AddStratAIStorage(options =>
        {
            options.FileSystem.Root = Path.Combine(Folder, "objects");
            options.Uploads.TemporaryFolder = Path.Combine(Folder, "temporary");
            configure(options);
        });
        extend?.Invoke(builder, Folder);
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
            options.S3 = SharedS3();
            configure?.Invoke(options.S3);
            all?.Invoke(options);
        },
        time,
        log);

    /// <summary>Files, and what else the test registers; it is given the folder too.</summary>
    public static TestStorage OnFilesWith(Action<IStorageBuilder, string> extend, TimeProvider? time = null, ILoggerProvider? log = null) =>
        new(_ => { }, time, log, null, extend);

    /// <summary>The test server, with a bucket that all tests share.</summary>
    public static S3Options SharedS3() => new()
    {
        Endpoint = TestServers.S3Endpoint,
        AccessKey = TestServers.S3AccessKey,
        SecretKey = TestServers.S3SecretKey,
        Bucket = SharedBucket,
        CreateBucket = true,
    };

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
