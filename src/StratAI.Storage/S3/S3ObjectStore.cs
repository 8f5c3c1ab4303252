using System.Net;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>
/// Objects in a bucket. Bodies move over presigned requests in one piece, so that a write is atomic and leaves nothing behind when it
/// fails.
/// </summary>
internal sealed partial class S3ObjectStore(S3Connection connection, UploadOptions uploads) : IObjectStore
{
    private const string MetadataPrefix = "x-amz-meta-";

    public string Mode => "distributed";

    public async Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(key);
        return await connection.RunAsync(
            "stat",
            async timer =>
            {
                using var response = await connection.SendAsync(new(HttpMethod.Head, key), timer, cancellationToken).ConfigureAwait(false);
                return await connection.IsFoundAsync(response, timer, cancellationToken).ConfigureAwait(false)
                    ? ReadInfo(key, response, response.Content.Headers.ContentLength)
                    : null;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(key);
        await connection.RunAsync(
            "delete",
            async timer =>
            {
                using var response = await connection.SendAsync(new(HttpMethod.Delete, key), timer, cancellationToken).ConfigureAwait(false);
                // Found or not, it is gone now; but a page of a proxy says nothing of it.
                return !await connection.IsFoundAsync(response, timer, cancellationToken).ConfigureAwait(false)
                    || response.StatusCode == HttpStatusCode.NoContent
                    || response.Content.Headers.ContentLength == 0
                        ? true
                        : throw S3Errors.Unreadable();
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<KeyValuePair<string, string>> HeadersOf(Dictionary<string, string> metadata) =>
        metadata.Select(pair => KeyValuePair.Create(MetadataPrefix + pair.Key, pair.Value));

    private static ObjectInfo ReadInfo(string key, HttpResponseMessage response, long? size) => new()
    {
        Key = key,
        Size = size ?? throw S3Errors.Unreadable(),
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
            : throw S3Errors.Unreadable();
}
