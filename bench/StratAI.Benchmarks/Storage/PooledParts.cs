using System.Buffers;
using Amazon.S3.Model;

namespace StratAI.Benchmarks.Storage;

/// <summary>
/// A stream of unknown length stored without a temporary file: as a multipart upload whose parts, of the least size S3 takes, are filled one after the
/// other in one pooled buffer. What fits into one part is an ordinary PUT.
/// </summary>
internal static class PooledParts
{
    private const int PartBytes = 5 * 1024 * 1024;

    public static async Task UploadAsync(S3Space space, string key, Stream source)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            var count = await source.ReadAtLeastAsync(buffer.AsMemory(0, PartBytes), PartBytes, throwOnEndOfStream: false);
            if (count < PartBytes)
            {
                await space.Amazon.PutObjectAsync(new() { BucketName = space.Bucket, Key = key, InputStream = Body(buffer, count), UseChunkEncoding = false });
                return;
            }

            var upload = await space.Amazon.InitiateMultipartUploadAsync(space.Bucket, key);
            var parts = new List<PartETag>();
            while (count > 0)
            {
                var part = await space.Amazon.UploadPartAsync(new()
                {
                    BucketName = space.Bucket, Key = key, UploadId = upload.UploadId, PartNumber = parts.Count + 1, InputStream = Body(buffer, count), UseChunkEncoding = false,
                });
                parts.Add(new(part));
                count = await source.ReadAtLeastAsync(buffer.AsMemory(0, PartBytes), PartBytes, throwOnEndOfStream: false);
            }

            await space.Amazon.CompleteMultipartUploadAsync(new() { BucketName = space.Bucket, Key = key, UploadId = upload.UploadId, PartETags = parts });
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static MemoryStream Body(byte[] buffer, int count) => new(buffer, 0, count, writable: false);
}
