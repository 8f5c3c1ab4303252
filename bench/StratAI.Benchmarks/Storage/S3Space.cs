using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using Minio;
using StratAI.Storage;
using StratAI.Testing;

namespace StratAI.Benchmarks.Storage;

/// <summary>A bucket of the test server, and the clients that are compared on it.</summary>
internal sealed class S3Space : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly bool _owned;

    private S3Space(string bucket, bool owned)
    {
        (Bucket, _owned) = (bucket, owned);
        var endpoint = new Uri(TestServers.S3Endpoint);
        _services = new ServiceCollection().AddStratAIStorage(options =>
        {
            options.S3.Endpoint = TestServers.S3Endpoint;
            options.S3.AccessKey = TestServers.S3AccessKey;
            options.S3.SecretKey = TestServers.S3SecretKey;
            options.S3.Bucket = bucket;
            options.S3.CreateBucket = true;
            options.S3.Timeout = TimeSpan.FromMinutes(2);
        }).Services.BuildServiceProvider();
        Minio = new MinioClient().WithEndpoint(endpoint.Authority).WithCredentials(TestServers.S3AccessKey, TestServers.S3SecretKey).WithRegion("us-east-1").Build();
        // With checksums, or with chunks of their own signatures, the server refuses its uploads.
        Amazon = new AmazonS3Client(new BasicAWSCredentials(TestServers.S3AccessKey, TestServers.S3SecretKey), new AmazonS3Config
        {
            ServiceURL = TestServers.S3Endpoint,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
    }

    public string Bucket { get; }

    public IObjectStore Store => _services.GetRequiredService<IObjectStore>();

    public UploadGate Gate => _services.GetRequiredService<UploadGate>();

    public IMinioClient Minio { get; }

    public AmazonS3Client Amazon { get; }

    /// <summary>The configuration of a host that keeps its objects here.</summary>
    public IReadOnlyDictionary<string, string> HostSettings => new Dictionary<string, string>
    {
        ["Storage__S3__Endpoint"] = TestServers.S3Endpoint,
        ["Storage__S3__AccessKey"] = TestServers.S3AccessKey,
        ["Storage__S3__SecretKey"] = TestServers.S3SecretKey,
        ["Storage__S3__Bucket"] = Bucket,
        ["Storage__S3__Timeout"] = "00:02:00",
        ["Limits__Policies__upload__PermitLimit"] = "1000000",
        // A machine that is busy with all of this answers from Redis late.
        ["Logging__LogLevel__StratAI"] = "Error",
    };

    /// <summary>A bucket of its own, gone after the run.</summary>
    public static async Task<S3Space> CreateAsync()
    {
        var space = new S3Space($"bench-{Guid.NewGuid():n}", owned: true);
        await space.Amazon.PutBucketAsync(space.Bucket);
        return space;
    }

    /// <summary>A bucket that another process has made.</summary>
    public static S3Space Open(string bucket) => new(bucket, owned: false);

    public async Task EmptyAsync(string prefix = "")
    {
        await foreach (var item in Store.ListAsync(prefix))
        {
            await Store.DeleteAsync(item.Key);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_owned)
        {
            await EmptyAsync();
            await Amazon.DeleteBucketAsync(Bucket);
        }

        Minio.Dispose();
        Amazon.Dispose();
        await _services.DisposeAsync();
    }
}
