using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace StratAI.Storage.Internal.Sniffing;

/// <summary>
/// Decides, chunk by chunk, whether bytes are text: well-formed UTF-8 without what the WHATWG MIME Sniffing Standard (section 3) calls
/// binary
/// data bytes. UTF-16 and legacy code pages do not count: a browser or a parser would have to guess them.
/// </summary>
internal sealed class TextScanner
{
    private static readonly SearchValues<byte> BinaryBytes = SearchValues.Create(
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0B, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13,
        0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1C, 0x1D, 0x1E, 0x1F,
    ]);

    private static readonly SearchValues<byte> Space = SearchValues.Create("\t\n\f\r "u8);

    /// <summary>The beginning of a character whose rest is in the next chunk.</summary>
    private readonly byte[] _carry = new byte[4];
    private int _carried;

    /// <summary>Whether everything so far can be text; once false, it stays so.</summary>
    public bool IsText { get; private set; } = true;

    /// <summary>The last byte that is no space; 0 before one was seen.</summary>
    public byte Last { get; private set; }

    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (!IsText || chunk.IsEmpty)
        {
            return;
        }

        if (chunk.LastIndexOfAnyExcept(Space) is >= 0 and var last)
        {
            Last = chunk[last];
        }

        IsText = !chunk.ContainsAny(BinaryBytes) && AppendUtf8(chunk);
    }

    /// <summary>Whether all of it was text: nothing may be left of a character.</summary>
    public bool Complete() => IsText && _carried == 0;

    private bool AppendUtf8(ReadOnlySpan<byte> chunk)
    {
        while (_carried > 0)
        {
            if (chunk.IsEmpty)
            {
                return true;
            }

            _carry[_carried++] = chunk[0];
            chunk = chunk[1..];
            switch (Rune.DecodeFromUtf8(_carry.AsSpan(0, _carried), out _, out _))
            {
                case OperationStatus.Done: _carried = 0; break;
                case OperationStatus.InvalidData: return false;
            }
        }

        for (var length = 1; length <= Math.Min(3, chunk.Length); length++)
        {
            if ((chunk[^length] & 0xC0) != 0x80)
            {
                if (Rune.DecodeFromUtf8(chunk[^length..], out _, out _) == OperationStatus.NeedMoreData)
                {
                    chunk[^length..].CopyTo(_carry);
                    _carried = length;
                    chunk = chunk[..^length];
                }

                break;
            }
        }

        return Utf8.IsValid(chunk);
    }
}
