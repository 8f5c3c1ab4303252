using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;

namespace StratAI.Storage.FileSystem;

/// <summary>What is kept of an object besides its bytes.</summary>
internal sealed record ObjectTrailer(
    long Size, string ETag, string ContentType, DateTimeOffset LastModified, Dictionary<string, string> Metadata)
{
    public ObjectInfo ToInfo(string key) => new()
    {
        Key = key,
        Size = Size,
        ETag = ETag,
        ContentType = ContentType,
        LastModified = LastModified,
        Metadata = Metadata,
    };
}

[JsonSerializable(typeof(ObjectTrailer))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ObjectTrailerJson : JsonSerializerContext;

/// <summary>
/// One file per object: its bytes, then the trailer as JSON, the trailer's length as a little-endian 32-bit number, and eight bytes that
/// name the
/// format. Being one file, bytes and metadata change in one rename; coming last, the trailer can hold the hash of bytes that were streamed.
/// </summary>
internal static class ObjectFile
{
    private const int EndBytes = 12;
    private const int MaximumTrailerBytes = 64 * 1024;

    private static ReadOnlySpan<byte> Format => "StratAI1"u8;

    public static byte[] Write(ObjectTrailer trailer)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(trailer, ObjectTrailerJson.Default.ObjectTrailer);
        var bytes = new byte[json.Length + EndBytes];
        json.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(json.Length), json.Length);
        Format.CopyTo(bytes.AsSpan(json.Length + sizeof(int)));
        return bytes;
    }

    public static async ValueTask<ObjectTrailer> ReadAsync(SafeFileHandle file, CancellationToken cancellationToken)
    {
        var fileLength = RandomAccess.GetLength(file);
        var end = new byte[EndBytes];
        if (fileLength < EndBytes
            || !await ReadExactlyAsync(file, end, fileLength - EndBytes, cancellationToken).ConfigureAwait(false)
            || !end.AsSpan(sizeof(int)).SequenceEqual(Format))
        {
            throw Damaged();
        }

        var jsonLength = BinaryPrimitives.ReadInt32LittleEndian(end);
        var size = fileLength - EndBytes - jsonLength;
        if (jsonLength is <= 0 or > MaximumTrailerBytes || size < 0)
        {
            throw Damaged();
        }

        var json = new byte[jsonLength];
        if (!await ReadExactlyAsync(file, json, size, cancellationToken).ConfigureAwait(false))
        {
            throw Damaged();
        }

        try
        {
            var trailer = JsonSerializer.Deserialize(json, ObjectTrailerJson.Default.ObjectTrailer);
            return trailer?.Size == size ? trailer : throw Damaged();
        }
        catch (JsonException exception)
        {
            throw Damaged(exception);
        }
    }

    private static async ValueTask<bool> ReadExactlyAsync(SafeFileHandle file, Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            var count = await RandomAccess.ReadAsync(file, buffer, offset, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return false;
            }

            buffer = buffer[count..];
            offset += count;
        }

        return true;
    }

    private static ObjectStoreException Damaged(Exception? inner = null) => new(ObjectStoreFailure.Corrupt, "The object's file is damaged.", inner);
}
