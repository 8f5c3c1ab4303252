using System.Buffers.Binary;
using System.Text;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <summary>
/// An entry as Redis holds it. All numbers are big-endian:
/// <code>
/// 0   2  magic 'S' 'C'
/// 2   1  format version, 1
/// 3   1  flags: 1 = null value
/// 4   8  sequence up to which the value reflects every invalidation, put in by the script that stores it
/// 12  4  length of the body
/// 16  1  number of tags, each: 2 bytes length, UTF-8
/// ..     body
/// </code>
/// The scripts read the sequence and the tags; anything else in the place of an entry is a miss.
/// </summary>
internal static class Payload
{
    private const byte Version = 1;
    private const byte NullFlag = 1;
    private const int HeadLength = 4;
    private const int SequenceEnd = 12;
    private const int TagsStart = 17;

    /// <summary>What stands before the sequence.</summary>
    public static byte[] Head(Content content) => [(byte)'S', (byte)'C', Version, content.IsNull ? NullFlag : (byte)0];

    /// <summary>What stands after the sequence.</summary>
    public static byte[] Rest(Content content)
    {
        var length = TagsStart - SequenceEnd + content.Body.Length;
        foreach (var tag in content.Tags)
        {
            length += sizeof(ushort) + Encoding.UTF8.GetByteCount(tag);
        }

        var rest = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(rest, content.Body.Length);
        rest[4] = (byte)content.Tags.Length;
        var at = 5;
        foreach (var tag in content.Tags)
        {
            at += Names.Write(rest.AsSpan(at), tag);
        }

        content.Body.Span.CopyTo(rest.AsSpan(at));
        return rest;
    }

    /// <summary>The content of an entry, or <see langword="null"/> where the bytes are not one of this version.</summary>
    public static Content? Parse(byte[] payload)
    {
        var span = payload.AsSpan();
        if (span.Length < TagsStart || span[0] != 'S' || span[1] != 'C' || span[2] != Version || (span[3] & ~NullFlag) != 0)
        {
            return null;
        }

        var bodyLength = BinaryPrimitives.ReadInt32BigEndian(span[SequenceEnd..]);
        var tags = new string[span[TagsStart - 1]];
        var at = TagsStart;
        for (var i = 0; i < tags.Length; i++)
        {
            var read = Names.Read(span[at..], out tags[i]);
            if (read == 0)
            {
                return null;
            }

            at += read;
        }

        return bodyLength == span.Length - at ? new(payload.AsMemory(at), (span[HeadLength - 1] & NullFlag) != 0, tags) : null;
    }
}
