using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace StratAI.Pagination.Internal;

/// <summary>
/// Encrypts and authenticates cursors with AES-256-GCM. Behind the version byte stand key id (1), nonce (12), ciphertext, tag (16). The
/// nonce is a MAC of the content: equal pages get equal cursors, and a repeated nonce means a repeated content, which GCM allows.
/// </summary>
internal sealed class AesCursorProtector(CursorKey[] keys) : ICursorProtector
{
    private const int HeaderLength = 2;
    private const int Overhead = HeaderLength + CursorKey.NonceLength + CursorKey.TagLength;

    /// <summary>The most bytes that fit into a cursor.</summary>
    public const int MaximumContent = CursorFormat.MaximumBytes - Overhead;

    [SkipLocalsInit]
    public string Protect(ReadOnlySpan<byte> content)
    {
        Span<byte> cursor = stackalloc byte[CursorFormat.MaximumBytes];
        cursor = cursor[..(content.Length + Overhead)];
        (cursor[0], cursor[1]) = (CursorFormat.Version, keys[0].Id);
        keys[0].Encrypt(content, cursor[HeaderLength..]);
        return Base64Url.EncodeToString(cursor);
    }

    [SkipLocalsInit]
    public PageError? TryUnprotect(string cursor, Span<byte> buffer, out ReadOnlySpan<byte> content)
    {
        content = default;
        Span<byte> decoded = stackalloc byte[CursorFormat.MaximumBytes];
        if (CursorFormat.TryDecode(cursor, decoded, out var bytes) is { } error)
        {
            return error;
        }

        if (bytes.Length <= Overhead)
        {
            return PageErrors.CursorMalformed;
        }

        buffer = buffer[..(bytes.Length - Overhead)];
        foreach (var key in keys)
        {
            if (key.Id == bytes[1] && key.TryDecrypt(bytes[HeaderLength..], buffer))
            {
                content = buffer;
                return null;
            }
        }

        return PageErrors.CursorTampered;
    }
}
