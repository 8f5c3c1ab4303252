using Minio;
using Minio.DataModel.Args;

namespace StratAI.Storage.S3;

/// <summary>
/// What the Minio SDK does for the store: finding and making the bucket. Nothing else of it is used, so nothing else names its types.
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

    public Task<bool> BucketExistsAsync(CancellationToken cancellationToken) =>
        TranslateAsync(
            () => _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(_options.Bucket), cancellationToken),
            cancellationToken);

    /// <summary>Makes the bucket unless it is there, and says whether it did.</summary>
    public async Task<bool> EnsureBucketAsync(CancellationToken cancellationToken)
    {
        if (await BucketExistsAsync(cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        try
        {
            // Without a location the SDK would set the client's region to us-east-1.
            var args = new MakeBucketArgs().WithBucket(_options.Bucket).WithLocation(_options.Region);
            return await TranslateAsync(
                async () =>
                {
                    await _client.MakeBucketAsync(args, cancellationToken).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException)
        {
            // Another instance may have made it between the two calls; servers answer that in different ways.
            if (await BucketExistsAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            throw;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private static async Task<T> TranslateAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception exception) when (S3Errors.FromSdk(exception, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }
}
