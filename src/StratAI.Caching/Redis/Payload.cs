using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <summary>
/// An entry as Redis holds it. All numbers are big-endian:
/// <code>
/// 0   2  magic 'S' 'C'
/// 2   1  format version, 2
/// 3   1  flags: 1 = null value, 2 = the body is compressed with Brotli
/// 4   8  sequence up to which the value reflects every invalidation, put in by the script that stores it
/// 12  4  length of the body
/// 16  4  milliseconds that the server keeps the entry beyond its lifetime, to be served should the factory fail
/// 20  1  number of tags, each: 2 bytes length, UTF-8
/// ..     body
/// </code>
/// The scripts read the sequence, the milliseconds and the tags; anything else in the place of an entry is a miss.
/// </summary>
internal static class Payload
{
    private const byte Version = 2;
    private const byte NullFlag = 1;
    private const byte BrotliFlag = 2;
    private const int FlagsAt = 3;
    private const int SequenceAt = 4;
    private const int LengthAt = 12;
    private const int GraceAt = 16;
    private const int TagCountAt = 20;
    private const int TagsAt = 21;
    private const int DecompressionStep = 16 * 1024;

    /// <summary>The parts of an entry, between which the script puts the sequence.</summary>
    /// <param name="content">The entry.</param>
    /// <param name="grace">How long it is kept beyond its lifetime.</param>
    /// <param name="compressionThreshold">Bodies of this many bytes or more are compressed where that makes them smaller.</param>
    public static (byte[] Head, byte[] Tail) Write(Content content, TimeSpan grace, int? compressionThreshold)
    {
        var body = content.Body;
        var flags = content.IsNull ? NullFlag : (byte)0;
        if (body.Length >= compressionThreshold && TryCompress(body.Span, out var compressed))
        {
            (body, flags) = (compressed, (byte)(flags | BrotliFlag));
        }

        var length = TagsAt - LengthAt + body.Length;
        foreach (var tag in content.Tags)
        {
            length += sizeof(ushort) + Encoding.UTF8.GetByteCount(tag);
        }

        var rest = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(rest, body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(rest.AsSpan(GraceAt - LengthAt), (uint)grace.TotalMilliseconds);
        rest[TagCountAt - LengthAt] = (byte)content.Tags.Length;
        var at = TagsAt - LengthAt;
        foreach (var tag in content.Tags)
        {
            at += Names.Write(rest.AsSpan(at), tag);
        }

        body.Span.CopyTo(rest.AsSpan(at));
        return ([(byte)'S', (byte)'C', Version, flags], rest);
    }

    /// <summary>The entry, or <see langword="null"/> where the bytes are not one of this version with a body of at most the given size.</summary>
    public static ParsedPayload? Parse(byte[] payload, long maximumBytes)
    {
        var span = payload.AsSpan();
        if (span.Length < TagsAt || span[0] != 'S' || span[1] != 'C' || span[2] != Version || (span[FlagsAt] & ~(NullFlag | BrotliFlag)) != 0)
        {
            return null;
        }

        var tags = span[TagCountAt] == 0 ? [] : new string[span[TagCountAt]];
        var at = TagsAt;
        for (var i = 0; i < tags.Length; i++)
        {
            var read = Names.Read(span[at..], out tags[i]);
            if (read == 0)
            {
                return null;
            }

            at += read;
        }

        ReadOnlyMemory<byte> body = payload.AsMemory(at);
        if (BinaryPrimitives.ReadInt32BigEndian(span[LengthAt..]) != body.Length)
        {
            return null;
        }

        if ((span[FlagsAt] & BrotliFlag) != 0)
        {
            if (Decompress(body.Span, maximumBytes) is not { } decompressed)
            {
                return null;
            }

            body = decompressed;
        }

        return new(
            new(body, (span[FlagsAt] & NullFlag) != 0, tags),
            BinaryPrimitives.ReadInt64BigEndian(span[SequenceAt..]),
            TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32BigEndian(span[GraceAt..])));
    }

    private static bool TryCompress(ReadOnlySpan<byte> body, out byte[] compressed)
    {
        // The fastest setting: what is saved is the network, and the next one up takes three times as long for a tenth less.
        var buffer = new byte[body.Length];
        var smaller = BrotliEncoder.TryCompress(body, buffer, out var written, quality: 1, window: 22);
        compressed = smaller ? buffer[..written] : [];
        return smaller;
    }

    /// <summary>What the bytes were before, or <see langword="null"/> where they are not the whole of one compressed body, or it is too large.</summary>
    private static ReadOnlyMemory<byte>? Decompress(ReadOnlySpan<byte> body, long maximumBytes)
    {
        // Not BrotliStream, which throws for bytes that are wrong and takes a part for the whole.
        var decoder = new BrotliDecoder();
        try
        {
            // In steps, as a few bytes may claim to be gigabytes.
            var target = new ArrayBufferWriter<byte>();
            while (true)
            {
                var status = decoder.Decompress(body, target.GetSpan(DecompressionStep), out var consumed, out var written);
                target.Advance(written);
                body = body[consumed..];
                if (status == OperationStatus.Done && body.IsEmpty && target.WrittenCount <= maximumBytes)
                {
                    return target.WrittenMemory;
                }

                if (status != OperationStatus.DestinationTooSmall || target.WrittenCount > maximumBytes)
                {
                    return null;
                }
            }
        }
        finally
        {
            decoder.Dispose();
        }
    }
}

/// <param name="Content">The value and its tags.</param>
/// <param name="Sequence">Up to which it reflects every invalidation.</param>
/// <param name="Grace">How long the server keeps it beyond its lifetime.</param>
internal sealed record ParsedPayload(Content Content, long Sequence, TimeSpan Grace);
