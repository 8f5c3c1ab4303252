using Minio;
using Minio.DataModel.Args;

namespace StratAI.Storage.S3;

/// <summary>
/// What the Minio SDK does for the store: making the bucket. Nothing else of it is used, so nothing else names its types.
/// </summary>
internal sealed class SdkGateway : IDisposable
{
    private readonly S3Options _options;
    private readonly HttpClient _http;
    private readonly IMinioClient _client;

    public SdkGateway(S3Options options, HttpMessageHandler handler)
    {
        _options = options;
        var endpoint = new Uri(options.Endpoint!);
        // A client of its own: Build() sets the timeout of the one it is given.
        _http = new(handler, disposeHandler: false);
        _client = new MinioClient()
            .WithEndpoint(endpoint.Authority)
            .WithSSL(endpoint.Scheme == Uri.UriSchemeHttps)
            .WithCredentials(options.AccessKey, options.SecretKey)
            .WithRegion(options.Region)
            .WithHttpClient(_http)
            .WithTimeout((int)options.Timeout.TotalMilliseconds)
            .Build();
    }

    /// <summary>Makes the bucket.</summary>
    /// <exception cref="ObjectStoreException">It could not be made, for instance since it exists.</exception>
    public async Task MakeBucketAsync(CancellationToken deadline)
    {
        // Without a location the SDK would set the client's region to us-east-1.
        var args = new MakeBucketArgs().WithBucket(_options.Bucket).WithLocation(_options.Region);
        try
        {
            // Its own timeout does not hold in all of its waits.
            await _client.MakeBucketAsync(args, deadline).WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (Exception exception) when (S3Errors.FromSdk(exception) is { } failure)
        {
            throw failure;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }
}
