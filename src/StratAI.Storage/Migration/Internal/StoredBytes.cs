using System.Buffers;
using System.Security.Cryptography;

namespace StratAI.Storage.Migration.Internal;

/// <summary>Holds what the store gives against what it was given.</summary>
internal static class StoredBytes
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Null when the object is there with these bytes; else what is wrong.</summary>
    public static async Task<string?> CheckAsync(IObjectStore store, MigratedRow row, CancellationToken cancellationToken)
    {
        var content = await store.GetAsync(row.Key, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (content is null)
        {
            return "object-missing: The store does not have the object.";
        }

        await using var disposal = content.ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            int count;
            while ((count = await content.Stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, count);
                size += count;
            }

            return size == row.Size && Convert.ToHexStringLower(hash.GetHashAndReset()) == row.Sha256
                ? null
                : $"object-differs: The object has {size} bytes where {row.Size} were stored, or others.";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
