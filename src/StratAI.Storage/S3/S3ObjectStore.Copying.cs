using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>Copies that the server makes itself (CopyObject): the bytes do not come here.</summary>
internal sealed partial class S3ObjectStore
{
    public async Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(source);
        ObjectKey.Validate(destination);
        // The server replaces all of type and metadata or nothing, and needs one of them replaced to copy an object onto itself.
        var found = await StatAsync(source, cancellationToken).ConfigureAwait(false);
        if (found is null)
        {
            return null;
        }

        var stored = (options ?? new()).For(found);
        PutRules.Validate(stored);
        var metadata = PutRules.Normalize(stored.Metadata);
        var request = new S3Request(HttpMethod.Put, destination)
        {
            Headers =
            [
                new("x-amz-copy-source", connection.Signer.PathOf(source)),
                new("x-amz-metadata-directive", "REPLACE"),
                .. HeadersOf(metadata),
            ],
        };
        var answer = await connection.RunAsync("copy", timer => CopyAsync(request, stored.ContentType, timer, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return answer is not var (etag, lastModified) ? null : new()
        {
            Key = destination,
            Size = found.Size,
            ETag = etag,
            ContentType = stored.ContentType,
            LastModified = lastModified,
            Metadata = metadata,
        };
    }

    private async Task<(string ETag, DateTimeOffset LastModified)?> CopyAsync(
        S3Request request, string contentType, StallTimer timer, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent([]);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await connection.SendAsync(request with { Content = content }, timer, cancellationToken).ConfigureAwait(false);
        return await connection.IsFoundAsync(response, timer, cancellationToken).ConfigureAwait(false)
            ? await S3Xml.ReadAsync(response, "CopyObjectResult", S3Xml.ReadCopyAsync, timer, cancellationToken).ConfigureAwait(false)
            : null;
    }
}
