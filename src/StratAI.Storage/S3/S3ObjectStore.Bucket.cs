using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>What concerns many objects at once (ListObjectsV2, DeleteObjects).</summary>
internal sealed partial class S3ObjectStore
{
    /// <summary>The most keys one request takes.</summary>
    private const int MaximumKeys = 1000;

    public async Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(keys);
        var failures = new List<DeleteFailure>();
        foreach (var batch in keys.Chunk(MaximumKeys))
        {
            var body = S3Xml.WriteDelete(batch);
            failures.AddRange(await connection.RunAsync("delete_many", timer => DeleteBatchAsync(body, timer, cancellationToken), cancellationToken).ConfigureAwait(false));
        }

        return failures;
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectKey.ValidatePrefix(prefix);
        var last = after ?? "";
        ObjectKey.ValidatePrefix(last);
        bool more;
        do
        {
            (var items, more) = await connection.RunAsync("list", timer => ListPageAsync(prefix, last, timer, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (more && (items.Count == 0 || items[^1].Key == last))
            {
                throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "The S3 server does not go on with its listing.");
            }

            foreach (var item in items)
            {
                last = item.Key;
                // Keys this store could not have written, as folder markers of other tools, could not be read through it either.
                if (ObjectKey.IsValid(item.Key))
                {
                    yield return item;
                }
            }
        }
        while (more);
    }

    private async Task<List<DeleteFailure>> DeleteBatchAsync(byte[] body, StallTimer timer, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        // The protocol asks for a checksum of this request, and this is the one all servers know. It guards against no one.
#pragma warning disable CA5351
        content.Headers.ContentMD5 = MD5.HashData(body);
#pragma warning restore CA5351
        var request = new S3Request(HttpMethod.Post, null) { Query = [new("delete", "")], Content = content };
        using var response = await connection.SendAsync(request, timer, cancellationToken).ConfigureAwait(false);
        await connection.RequireAsync(response, timer, cancellationToken).ConfigureAwait(false);
        return await S3Xml.ReadAsync(response, "DeleteResult", S3Xml.ReadDeleteFailuresAsync, timer, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(List<ObjectInfo> Items, bool More)> ListPageAsync(
        string prefix, string after, StallTimer timer, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> query = [new("list-type", "2"), new("max-keys", $"{MaximumKeys}"), new("prefix", prefix)];
        if (after.Length > 0)
        {
            query.Add(new("start-after", after));
        }

        var request = new S3Request(HttpMethod.Get, null) { Query = query };
        using var response = await connection.SendAsync(request, timer, cancellationToken).ConfigureAwait(false);
        await connection.RequireAsync(response, timer, cancellationToken).ConfigureAwait(false);
        return await S3Xml.ReadAsync(response, "ListBucketResult", S3Xml.ReadListingAsync, timer, cancellationToken).ConfigureAwait(false);
    }
}
