using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>Copies that the server makes itself (CopyObject): the bytes do not come here.</summary>
internal sealed partial class S3ObjectStore
{
    public async Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(source);
        ObjectKey.Validate(destination);
        await connection.EnsureBucketAsync(cancellationToken).ConfigureAwait(false);
        // The server replaces all of type and metadata or nothing, and needs one of them replaced to copy an object onto itself.
        var found = await StatAsync(source, cancellationToken).ConfigureAwait(false);
        if (found is null)
        {
            return null;
        }

        var stored = (options ?? new()).For(found);
        PutRules.Validate(stored);
        var metadata = PutRules.Normalize(stored.Metadata);
        using var timer = connection.StartTimer(cancellationToken);
        using var content = new ByteArrayContent([]);
        content.Headers.TryAddWithoutValidation("Content-Type", stored.ContentType);
        var request = new S3Request(HttpMethod.Put, destination)
        {
            Headers =
            [
                new("x-amz-copy-source", connection.Signer.PathOf(source)),
                new("x-amz-metadata-directive", "REPLACE"),
                .. HeadersOf(metadata),
            ],
            Content = content,
        };
        using var response = await connection.SendAsync(request, timer, cancellationToken).ConfigureAwait(false);
        if (!await connection.IsFoundAsync(response, timer, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var answer = await S3Xml.ReadAsync(response, S3Xml.ReadCopyAsync, timer, cancellationToken).ConfigureAwait(false);
        return new()
        {
            Key = destination,
            Size = found.Size,
            ETag = answer.ETag,
            ContentType = stored.ContentType,
            LastModified = answer.LastModified,
            Metadata = metadata,
        };
    }
}
