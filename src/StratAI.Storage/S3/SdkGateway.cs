using System.Globalization;
using System.Runtime.CompilerServices;
using Minio;
using Minio.DataModel;
using Minio.DataModel.Args;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>
/// What the Minio SDK does for the store: the bucket and its listing. Nothing else of it is used, so nothing else names its types.
/// </summary>
internal sealed class SdkGateway : IDisposable
{
    /// <summary>The SDK refuses longer prefixes.</summary>
    private const int MaximumPrefixCharacters = 512;

    private readonly S3Options _options;
    private readonly HttpClient _http;
    private readonly IMinioClient _client;

    public SdkGateway(S3Options options, HttpMessageHandler handler)
    {
        _options = options;
        var endpoint = new Uri(options.Endpoint!);
        // A client of its own: Build() sets the timeout of the one it is given.
        _http = new(new BufferingHandler(handler), disposeHandler: false);
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

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var args = new ListObjectsArgs().WithBucket(_options.Bucket).WithRecursive(true).WithPrefix(Shorten(prefix));
        var items = _client.ListObjectsEnumAsync(args, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var disposal = items.ConfigureAwait(false);
        while (await TranslateAsync(() => items.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
        {
            var item = items.Current;
            // Keys this store could not have written, as folder markers of other tools, could not be read through it either.
            if (item.Key.StartsWith(prefix, StringComparison.Ordinal) && ObjectKey.IsValid(item.Key))
            {
                yield return ToInfo(item);
            }
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private static ObjectInfo ToInfo(Item item) => new()
    {
        Key = item.Key,
        Size = (long)item.Size,
        ETag = item.ETag.Trim('"'),
        LastModified = DateTimeOffset.Parse(item.LastModified, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
    };

    private static string Shorten(string prefix)
    {
        if (prefix.Length <= MaximumPrefixCharacters)
        {
            return prefix;
        }

        var length = char.IsHighSurrogate(prefix[MaximumPrefixCharacters - 1]) ? MaximumPrefixCharacters - 1 : MaximumPrefixCharacters;
        return prefix[..length];
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

    /// <summary>
    /// Takes answers in before the SDK sees them: it parses listings synchronously, which would block a thread on the network.
    /// </summary>
    private sealed class BufferingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private const long MaximumBytes = 32 * 1024 * 1024;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            await response.Content.LoadIntoBufferAsync(MaximumBytes, cancellationToken).ConfigureAwait(false);
            return response;
        }
    }
}
