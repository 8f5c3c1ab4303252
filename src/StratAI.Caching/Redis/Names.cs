using System.Buffers.Binary;
using System.Text;

namespace StratAI.Caching.Redis;

/// <summary>A key or tag on the wire: two bytes of length, big-endian, then UTF-8.</summary>
internal static class Names
{
    public static int Write(Span<byte> target, string name)
    {
        var length = Encoding.UTF8.GetBytes(name, target[sizeof(ushort)..]);
        BinaryPrimitives.WriteUInt16BigEndian(target, checked((ushort)length));
        return sizeof(ushort) + length;
    }

    /// <returns>The number of bytes read, or 0 where <paramref name="source"/> is too short.</returns>
    public static int Read(ReadOnlySpan<byte> source, out string name)
    {
        name = "";
        if (source.Length < sizeof(ushort))
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(source);
        if (source.Length - sizeof(ushort) < length)
        {
            return 0;
        }

        name = Encoding.UTF8.GetString(source.Slice(sizeof(ushort), length));
        return sizeof(ushort) + length;
    }
}
