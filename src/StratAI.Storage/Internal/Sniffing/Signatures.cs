using System.Buffers.Binary;

namespace StratAI.Storage.Internal.Sniffing;

/// <summary>Formats that begin with bytes of their own.</summary>
internal static class Signatures
{
    /// <summary>Size, name, major brand and version of the box that begins an AVIF file.</summary>
    private const int FileTypeBoxHeader = 16;

    public static string? Detect(ReadOnlySpan<byte> head)
    {
        return head switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => MediaTypes.Png,
            [0xFF, 0xD8, 0xFF, ..] => MediaTypes.Jpeg,
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => MediaTypes.Gif,
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => MediaTypes.WebP,
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => MediaTypes.Pdf,
            [(byte)'P', (byte)'K', 3, 4, ..] => MediaTypes.Zip,
            _ => IsAvif(head) ? MediaTypes.Avif : null,
        };
    }

    /// <summary>A file type box (ISO/IEC 14496-12) whose major or compatible brands name AVIF (AV1 Image File Format, section 6).</summary>
    private static bool IsAvif(ReadOnlySpan<byte> head)
    {
        if (head.Length < FileTypeBoxHeader || !head[4..8].SequenceEqual("ftyp"u8))
        {
            return false;
        }

        var size = BinaryPrimitives.ReadUInt32BigEndian(head);
        var box = head[..(int)Math.Min(size, (uint)head.Length)];
        // The four bytes after the major brand are a version, not a brand.
        for (var at = 8; at + 4 <= box.Length; at += at == 8 ? 8 : 4)
        {
            if (box.Slice(at, 4).SequenceEqual("avif"u8) || box.Slice(at, 4).SequenceEqual("avis"u8))
            {
                return true;
            }
        }

        return false;
    }
}
