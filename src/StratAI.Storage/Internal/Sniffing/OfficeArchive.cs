using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace StratAI.Storage.Internal.Sniffing;

/// <summary>
/// Tells Office Open XML documents from other ZIP files by the names in the central directory (APPNOTE 4.3.12). Nothing is decompressed,
/// and an archive of
/// very many or very long names is given up rather than read.
/// </summary>
internal static class OfficeArchive
{
    private const int EndBytes = 22;
    private const int MaximumCommentBytes = ushort.MaxValue;
    private const int HeaderBytes = 46;
    private const int MaximumDirectoryBytes = 1024 * 1024;

    public static async ValueTask<string> DetectAsync(Spool archive, CancellationToken cancellationToken)
    {
        var (offset, length) = await FindDirectoryAsync(archive, cancellationToken).ConfigureAwait(false);
        if (length is < HeaderBytes or > MaximumDirectoryBytes || offset + length > archive.Length)
        {
            return MediaTypes.Zip;
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            await ReadExactlyAsync(archive, buffer.AsMemory(0, (int)length), offset, cancellationToken).ConfigureAwait(false);
            return Classify(buffer.AsSpan(0, (int)length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Classify(ReadOnlySpan<byte> directory)
    {
        var (types, macros) = (false, false);
        string? main = null;
        while (directory.Length >= HeaderBytes && directory.StartsWith("PK\u0001\u0002"u8))
        {
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]);
            var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]);
            var commentLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            var next = HeaderBytes + nameLength + extraLength + commentLength;
            if (next > directory.Length)
            {
                return MediaTypes.Zip;
            }

            var name = Encoding.Latin1.GetString(directory.Slice(HeaderBytes, nameLength));
            types |= name.Equals("[Content_Types].xml", StringComparison.OrdinalIgnoreCase);
            macros |= name.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase);
            main ??= name.Split('/', 2)[0].ToLowerInvariant() switch
            {
                "word" => "word",
                "xl" => "xl",
                "ppt" => "ppt",
                _ => null,
            };
            directory = directory[next..];
        }

        return (types, main, macros) switch
        {
            (true, "word", false) => MediaTypes.Docx,
            (true, "xl", false) => MediaTypes.Xlsx,
            (true, "ppt", false) => MediaTypes.Pptx,
            (true, "word", true) => MediaTypes.Docm,
            (true, "xl", true) => MediaTypes.Xlsm,
            (true, "ppt", true) => MediaTypes.Pptm,
            _ => MediaTypes.Zip,
        };
    }

    /// <summary>Looks for the end record backwards, since a comment may follow it.</summary>
    private static async ValueTask<(long Offset, long Length)> FindDirectoryAsync(Spool archive, CancellationToken cancellationToken)
    {
        var tailLength = (int)Math.Min(archive.Length, EndBytes + MaximumCommentBytes);
        var tail = ArrayPool<byte>.Shared.Rent(tailLength);
        try
        {
            await ReadExactlyAsync(archive, tail.AsMemory(0, tailLength), archive.Length - tailLength, cancellationToken).ConfigureAwait(false);
            var at = tail.AsSpan(0, tailLength).LastIndexOf("PK\u0005\u0006"u8);
            return at < 0 || at + EndBytes > tailLength
                ? (0, 0)
                : (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16)), BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 12)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(tail);
        }
    }

    private static async ValueTask ReadExactlyAsync(Spool archive, Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        while (buffer.Length > 0)
        {
            var count = await archive.ReadAtAsync(buffer, offset, cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new EndOfStreamException();
            }

            buffer = buffer[count..];
            offset += count;
        }
    }
}
