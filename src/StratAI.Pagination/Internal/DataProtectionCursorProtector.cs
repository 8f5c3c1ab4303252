using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace StratAI.Pagination.Internal;

/// <summary>
/// Leaves encryption, key storage and rotation to ASP.NET Core data protection. Its payloads are random: one page has many cursors.
/// </summary>
internal sealed class DataProtectionCursorProtector(IDataProtector protector) : ICursorProtector
{
    /// <summary>The purpose that keeps cursors apart from whatever else the application protects.</summary>
    public const string Purpose = "StratAI.Pagination.Cursor.1";

    public string Protect(ReadOnlySpan<byte> content)
    {
        byte[] cursor = [CursorFormat.Version, .. protector.Protect(content.ToArray())];
        return cursor.Length <= CursorFormat.MaximumBytes
            ? Base64Url.EncodeToString(cursor)
            : throw CursorFormat.TooLong();
    }

    public PageError? TryUnprotect(string cursor, Span<byte> buffer, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (CursorFormat.TryDecode(cursor, buffer, out var bytes) is { } error)
        {
            return error;
        }

        try
        {
            content = protector.Unprotect(bytes[1..].ToArray());
            return null;
        }
        catch (CryptographicException)
        {
            return PageErrors.CursorTampered;
        }
    }
}
