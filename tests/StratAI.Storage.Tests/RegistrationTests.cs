using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StratAI.Storage.Tests.Testing;

namespace StratAI.Storage.Tests;

public sealed class RegistrationTests
{
    public static TheoryData<string, Action<StorageOptions>> Mistakes => new()
    {
        { "FileSystem.Root is ' '", options => options.FileSystem.Root = " " },
        { "FileSystem.SigningKey has 5 bytes", options => options.FileSystem.SigningKey = "short" },
        { "FileSystem.PublicPath is 'objects'", options => options.FileSystem.PublicPath = "objects" },
        { "FileSystem.PublicPath is '/objects/'", options => options.FileSystem.PublicPath = "/objects/" },
        { "FileSystem.BaseAddress is 'ftp://x/'", options => options.FileSystem.BaseAddress = new("ftp://x/") },
        { "FileSystem.BaseAddress is 'x'", options => options.FileSystem.BaseAddress = new("x", UriKind.Relative) },
        { "S3.Endpoint is '' though keys are set", options => options.S3.SecretKey = "very-secret" },
        { "S3.Endpoint is 'localhost:9000'", options => options.S3 = S3(s3 => s3.Endpoint = "localhost:9000") },
        { "S3.PublicEndpoint is 'files.example.com'", options => options.S3 = S3(s3 => s3.PublicEndpoint = "files.example.com") },
        { "S3.Endpoint is 'https://s3.example.com/bucket'", options => options.S3 = S3(s3 => s3.Endpoint = "https://s3.example.com/bucket") },
        { "S3.AccessKey is empty", options => options.S3 = S3(s3 => s3.AccessKey = "") },
        { "S3.SecretKey is empty", options => options.S3 = S3(s3 => s3.SecretKey = null) },
        { "S3.Bucket is ''", options => options.S3 = S3(s3 => s3.Bucket = null) },
        { "S3.Bucket is 'Upper'", options => options.S3 = S3(s3 => s3.Bucket = "Upper") },
        { "S3.Region is ''", options => options.S3 = S3(s3 => s3.Region = "") },
        { "S3.Timeout is 00:00:00.5000000", options => options.S3 = S3(s3 => s3.Timeout = TimeSpan.FromSeconds(0.5)) },
        { "Uploads.MemoryThresholdBytes is 100", options => options.Uploads.MemoryThresholdBytes = 100 },
        { "Uploads.TemporaryFolder is ''", options => options.Uploads.TemporaryFolder = "" },
        { "Uploads.ScanTimeout is 00:00:00", options => options.Uploads.ScanTimeout = TimeSpan.Zero },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_in_the_options_stops_the_start_and_is_named(string named, Action<StorageOptions> mistake)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddStratAIStorage(mistake);
        using var host = builder.Build();

        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("StorageOptions." + named, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", thrown.Message, StringComparison.Ordinal);
        Assert.Single(thrown.Failures);
    }

    [Fact]
    public async Task Calling_it_again_is_harmless_and_the_applications_own_store_stays()
    {
        var own = new ScriptedStore();
        await using var services = new ServiceCollection()
            .AddSingleton<IObjectStore>(own)
            .AddStratAIStorage(options => options.Uploads.MemoryThresholdBytes = 8192).Services
            .AddStratAIStorage().Services
            .BuildServiceProvider();

        Assert.Same(own, Assert.Single(services.GetServices<IObjectStore>()));
        Assert.Single(services.GetServices<IUrlSigner>());
        Assert.Single(services.GetServices<IUploadSigner>());
        Assert.Single(services.GetServices<UploadGate>());
        Assert.Single(services.GetServices<IValidateOptions<StorageOptions>>());
        Assert.Equal(8192, services.GetRequiredService<IOptions<StorageOptions>>().Value.Uploads.MemoryThresholdBytes);
    }

    [Fact]
    public async Task Every_outcome_of_an_operation_is_measured_without_naming_the_object()
    {
        await using var storage = TestStorage.OnFiles();
        using var durations = new Measurements<double>(storage.Services.GetRequiredService<IMeterFactory>(), StorageDiagnostics.OperationDuration);
        var store = storage.Store;

        await store.PutTextAsync("secret-name", "x");
        await Record.ExceptionAsync(() => store.PutTextAsync("secret-name", "x", new() { OnlyIfAbsent = true }));
        await Record.ExceptionAsync(() => store.PutAsync("secret-name", new SourceStream([]) { StopAt = 0, Failure = new IOException() }));
        await store.ReadTextAsync("secret-name");
        await store.ReadTextAsync("missing");
        await Record.ExceptionAsync(() => store.ReadTextAsync("secret-name", new ByteRange(9)));
        await store.StatAsync("missing");
        await Record.ExceptionAsync(() => store.StatAsync("/"));
        await store.DeleteAsync("missing");
        await Record.ExceptionAsync(() => store.DeleteAsync("a", new(true)));
        await store.ListAsync("").ToListAsync();
        await foreach (var _ in store.ListAsync(""))
        {
            break;
        }

        Assert.Equal(
            [
                "put ok", "put precondition_failed", "put caller", "get ok", "get not_found", "get range_not_satisfiable", "stat not_found", "stat invalid_key",
                "delete ok", "delete cancelled", "list ok", "list stopped",
            ],
            durations.All.Select(point => $"{point.Tags["operation"]} {point.Tags["outcome"]}"));
        Assert.All(durations.All, point => Assert.Equal((3, "embedded"), (point.Tags.Count, point.Tags["mode"])));
    }

    [Fact]
    public async Task A_failing_store_is_logged_without_naming_the_object()
    {
        var log = new LogLines();
        await using var storage = TestStorage.OnFiles(log: log);
        await storage.Store.PutTextAsync("first", "x");
        await File.WriteAllTextAsync(Path.Combine(storage.Options.FileSystem.Root, "secret-name~d"), "a file where a folder should be");

        await storage.Store.PutTextAsync("secret-name/a", "x").FailsWithAsync(ObjectStoreFailure.Unavailable);

        Assert.Single(log.All, "Warning: The object store failed at put (Unavailable, IOException): The store's folder failed. ");
        Assert.DoesNotContain(log.All, line => line.Contains("secret-name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_outcome_of_an_upload_is_counted()
    {
        await using var storage = TestStorage.OnFiles();
        var meters = storage.Services.GetRequiredService<IMeterFactory>();
        using var uploads = new Measurements<long>(meters, StorageDiagnostics.Uploads);
        using var bytes = new Measurements<long>(meters, StorageDiagnostics.UploadBytes);
        var rules = new UploadRules { MaximumBytes = 100 };

        await (await storage.Gate.ReceiveAsync(new SourceStream("text"u8.ToArray()), rules, default)).Accepted!.DisposeAsync();
        await storage.Gate.ReceiveAsync(new SourceStream(new byte[200]), rules, default);
        await storage.Gate.ReceiveAsync(new SourceStream(Samples.Png), rules with { FileName = "a.pdf" }, default);
        await storage.Gate.ReceiveAsync(new SourceStream(Samples.Exe), rules, default);
        await storage.Gate.ReceiveAsync(new SourceStream([]), rules, default);
        await Record.ExceptionAsync(() => storage.Gate.ReceiveAsync(new SourceStream(new byte[20]) { StopAt = 5, Failure = new IOException() }, rules, default));

        Assert.Equal(
            ["accepted", "too-large", "content-mismatch", "type-not-allowed", "empty", "failed"],
            uploads.All.Select(point => point.Tags["outcome"]));
        Assert.Equal([4L, 101, Samples.Png.Length, Samples.Exe.Length, 0, 5], bytes.All.Select(point => point.Value));
    }

    private static S3Options S3(Action<S3Options> change)
    {
        var options = new S3Options { Endpoint = "https://s3.example.com", AccessKey = "a", SecretKey = "very-secret", Bucket = "bucket" };
        change(options);
        return options;
    }
}
