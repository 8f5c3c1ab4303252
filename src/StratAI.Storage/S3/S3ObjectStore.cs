using System.Net;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>
/// Objects in a bucket. Bodies move over presigned requests in one piece, so that a write is atomic and leaves nothing behind when it
/// fails.
/// </summary>
internal sealed partial class S3ObjectStore(S3Connection connection, UploadOptions uploads) : IObjectStore
{
    /// <summary>The most S3 takes in one PUT.</summary>
    private const long MaximumBytes = 5L * 1024 * 1024 * 1024;

    private const string MetadataPrefix = "x-amz-meta-";

    public string Mode => "distributed";

    public async Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        options ??= new();
        PutRules.Validate(options);
        ObjectKey.Validate(key);
        await connection.EnsureBucketAsync(cancellationToken).ConfigureAwait(false);

        if (SourceReader.LengthOf(content, options.Length) is { } length)
        {
            return await PutAsync(key, new SourceReader(content, length), length, options, cancellationToken).ConfigureAwait(false);
        }

        var spool = await SpoolAsync(content, cancellationToken).ConfigureAwait(false);
        await using var disposal = spool.ConfigureAwait(false);
        var source = new SourceReader(spool.OpenRead(), spool.Length);
        return await PutAsync(key, source, spool.Length, options, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ObjectContent?> GetAsync(string key, GetOptions? options, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(key);
        var range = options?.Range;
        if (range is { } wanted)
        {
            Ranges.Validate(wanted);
        }

        await connection.EnsureBucketAsync(cancellationToken).ConfigureAwait(false);
        StallTimer? timer = connection.StartTimer(cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            var request = new S3Request(HttpMethod.Get, key) { Range = range, Headers = [.. ConditionsOf(options)] };
            response = await connection.SendAsync(request, timer, cancellationToken).ConfigureAwait(false);
            var content = await OpenAsync(key, response, range, timer, cancellationToken).ConfigureAwait(false);
            if (content is not null)
            {
                timer.Release();
                timer.Pause();
                (response, timer) = (null, null);
            }

            return content;
        }
        finally
        {
            response?.Dispose();
            timer?.Dispose();
        }
    }

    public async Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(key);
        await connection.EnsureBucketAsync(cancellationToken).ConfigureAwait(false);
        using var timer = connection.StartTimer(cancellationToken);
        using var response = await connection.SendAsync(new(HttpMethod.Head, key), timer, cancellationToken).ConfigureAwait(false);
        return await connection.IsFoundAsync(response, timer, cancellationToken).ConfigureAwait(false)
            ? ReadInfo(key, response, response.Content.Headers.ContentLength)
            : null;
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(key);
        await connection.EnsureBucketAsync(cancellationToken).ConfigureAwait(false);
        using var timer = connection.StartTimer(cancellationToken);
        using var response = await connection.SendAsync(new(HttpMethod.Delete, key), timer, cancellationToken).ConfigureAwait(false);
        // Found or not, it is gone now.
        await connection.IsFoundAsync(response, timer, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ObjectInfo> PutAsync(string key, SourceReader source, long length, PutOptions options, CancellationToken cancellationToken)
    {
        if (length > MaximumBytes)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.TooLarge, $"The stream is {length} bytes long, over the {MaximumBytes} stored in one piece.");
        }

        var metadata = PutRules.Normalize(options.Metadata);
        var headers = HeadersOf(metadata).ToList();
        if (options.OnlyIfAbsent)
        {
            headers.Add(new("if-none-match", "*"));
        }

        using var timer = connection.StartTimer(cancellationToken);
        using var content = new UploadContent(source, length, timer);
        content.Headers.TryAddWithoutValidation("Content-Type", options.ContentType);
        try
        {
            var request = new S3Request(HttpMethod.Put, key) { Headers = headers, Content = content };
            using var response = await connection.SendAsync(request, timer, cancellationToken).ConfigureAwait(false);
            await connection.RequireAsync(response, timer, cancellationToken).ConfigureAwait(false);
            return new()
            {
                Key = key,
                Size = length,
                ETag = ReadETag(response),
                ContentType = options.ContentType,
                LastModified = response.Headers.Date ?? connection.Time.GetUtcNow(),
                Metadata = metadata,
            };
        }
        catch (ObjectStoreException) when (source.Failure is not null)
        {
            // The connection broke because the body did.
            source.Failure.Throw();
            throw;
        }
    }

    private async Task<Spool> SpoolAsync(Stream content, CancellationToken cancellationToken)
    {
        var source = new SourceReader(content, null);
        try
        {
            return await Spool.FillAsync(uploads, source, MaximumBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (source.Failure is null && exception is IOException or UnauthorizedAccessException)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The folder of temporary files failed.", exception);
        }
    }

    private async Task<ObjectContent?> OpenAsync(
        string key, HttpResponseMessage response, ByteRange? range, StallTimer timer, CancellationToken cancellationToken)
    {
        if (!await connection.IsFoundAsync(response, timer, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var headers = response.Content.Headers;
        var served = response.StatusCode == HttpStatusCode.PartialContent && headers.ContentRange is { From: { } from, To: { } to }
            ? new ByteRange(from, to - from + 1)
            : (ByteRange?)null;
        if (range is not null && served?.Offset != range.Value.Offset)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The S3 server did not serve the range it was asked for.");
        }

        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var size = served is null ? headers.ContentLength : headers.ContentRange!.Length;
        return new(ReadInfo(key, response, size), new ResponseBody(response, body, timer), served);
    }

    private static IEnumerable<KeyValuePair<string, string>> HeadersOf(Dictionary<string, string> metadata) =>
        metadata.Select(pair => KeyValuePair.Create(MetadataPrefix + pair.Key, pair.Value));

    private static IEnumerable<KeyValuePair<string, string>> ConditionsOf(GetOptions? options)
    {
        if (options?.IfMatch is { } wanted)
        {
            yield return new("if-match", $"\"{wanted}\"");
        }

        if (options?.IfNoneMatch is { } known)
        {
            yield return new("if-none-match", $"\"{known}\"");
        }
    }

    private static ObjectInfo ReadInfo(string key, HttpResponseMessage response, long? size) => new()
    {
        Key = key,
        Size = size ?? throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The S3 server answered without a length."),
        ETag = ReadETag(response),
        ContentType = response.Content.Headers.TryGetValues("Content-Type", out var types) ? string.Join(", ", types) : null,
        LastModified = response.Content.Headers.LastModified ?? response.Headers.Date ?? default,
        Metadata = response.Headers
            .Where(header => header.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key[MetadataPrefix.Length..].ToLowerInvariant(), header => string.Join(", ", header.Value)),
    };

    private static string ReadETag(HttpResponseMessage response) =>
        response.Headers.TryGetValues("ETag", out var tags)
            ? string.Concat(tags).Trim('"')
            : throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The S3 server answered without an entity tag.");
}
