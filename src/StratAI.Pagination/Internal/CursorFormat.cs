using System.Buffers;
using System.Buffers.Text;

namespace StratAI.Pagination.Internal;

/// <summary>The wire form that every cursor has: base64url without padding (RFC 4648, section 5) of a version byte and what it protects.</summary>
internal static class CursorFormat
{
    /// <summary>Characters. Longer cursors are neither made nor read: they would not fit in a request line.</summary>
    public const int MaximumLength = 4096;

    /// <summary>Bytes behind those characters.</summary>
    public const int MaximumBytes = MaximumLength / 4 * 3;

    public const byte Version = 1;

    // What starts with another byte was never a cursor; up to here it may be one of a later release, met during a rolling deployment.
    private const byte LastConceivableVersion = 15;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Only the one spelling that is ever made: no padding, no white space, no stray bits at the end.</summary>
    public static PageError? TryDecode(ReadOnlySpan<char> cursor, Span<byte> buffer, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (cursor.Length > MaximumLength || cursor.ContainsAnyExcept(Alphabet)
            || Base64Url.DecodeFromChars(cursor, buffer, out _, out var length) != OperationStatus.Done
            || !EndsAsMade(cursor, buffer[..length]) || buffer[..length] is [] or [0 or > LastConceivableVersion, ..])
        {
            return PageErrors.CursorMalformed;
        }

        bytes = buffer[..length];
        return bytes[0] == Version ? null : PageErrors.CursorVersion;
    }

    public static InvalidOperationException TooLong() => new(
        $"The row's sort values make a cursor of more than {MaximumLength} characters. "
        + "Sort by an expression of bounded length, such as left(title, 200).");

    private static bool EndsAsMade(ReadOnlySpan<char> cursor, ReadOnlySpan<byte> bytes)
    {
        var rest = bytes.Length % 3;
        Span<char> end = stackalloc char[4];
        return rest == 0 || (Base64Url.TryEncodeToChars(bytes[^rest..], end, out var written) && cursor.EndsWith(end[..written]));
    }
}
