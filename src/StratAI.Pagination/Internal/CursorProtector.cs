using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace StratAI.Pagination.Internal;

/// <summary>
/// Encrypts and authenticates cursors with AES-256-GCM. The wire form, in base64url without padding: version (1 byte), key id (1), nonce
/// (12), ciphertext, tag (16). The nonce is a MAC of the content: equal pages get equal cursors, and a repeated nonce means a repeated
/// content, which GCM allows.
/// </summary>
internal sealed class CursorProtector(IReadOnlyList<CursorKey> keys)
{
    /// <summary>Characters. Longer cursors are neither made nor read: they would not fit in a request line.</summary>
    public const int MaximumLength = 4096;

    private const byte Version = 1;

    // What starts with another byte was never a cursor; up to here it may be one of a later release, met during a rolling deployment.
    private const byte LastConceivableVersion = 15;

    private const int HeaderLength = 2;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Overhead = HeaderLength + NonceLength + TagLength;

    public string Protect(ReadOnlySpan<byte> content)
    {
        if (Base64Url.GetEncodedLength(content.Length + Overhead) > MaximumLength)
        {
            throw new InvalidOperationException(
                $"The row's sort values make a cursor of more than {MaximumLength} characters. "
                + "Sort by an expression of bounded length, such as left(title, 200).");
        }

        var key = keys[0];
        var cursor = new byte[content.Length + Overhead];
        var header = cursor.AsSpan(0, HeaderLength);
        var nonce = cursor.AsSpan(HeaderLength, NonceLength);
        (header[0], header[1]) = (Version, key.Id);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Nonce, content, mac);
        mac[..NonceLength].CopyTo(nonce);

        // One AesGcm is not safe for concurrent use, and a new one costs about as much as a lock.
        using var aes = new AesGcm(key.Encryption, TagLength);
        aes.Encrypt(nonce, content, cursor.AsSpan((HeaderLength + NonceLength)..^TagLength), cursor.AsSpan(^TagLength..), header);
        return Base64Url.EncodeToString(cursor);
    }

    public PageError? TryUnprotect(string cursor, out byte[] content)
    {
        content = [];
        if (cursor.Length > MaximumLength || !TryDecode(cursor, out var bytes) || bytes is [0 or > LastConceivableVersion, ..])
        {
            return PageErrors.CursorMalformed;
        }

        if (bytes[0] != Version)
        {
            return PageErrors.CursorVersion;
        }

        foreach (var key in keys)
        {
            if (key.Id == bytes[1] && TryDecrypt(key, bytes, out content))
            {
                return null;
            }
        }

        return PageErrors.CursorTampered;
    }

    /// <summary>Only the one spelling that <see cref="Protect"/> produces: no padding, no white space, no stray bits at the end.</summary>
    private static bool TryDecode(string cursor, out byte[] bytes)
    {
        bytes = new byte[Base64Url.GetMaxDecodedLength(cursor.Length)];
        if (Base64Url.DecodeFromChars(cursor, bytes, out _, out var length) != OperationStatus.Done || length <= Overhead)
        {
            return false;
        }

        Array.Resize(ref bytes, length);
        return Base64Url.EncodeToString(bytes) == cursor;
    }

    private static bool TryDecrypt(CursorKey key, ReadOnlySpan<byte> cursor, out byte[] content)
    {
        content = new byte[cursor.Length - Overhead];
        var header = cursor[..HeaderLength];
        var nonce = cursor.Slice(HeaderLength, NonceLength);
        using var aes = new AesGcm(key.Encryption, TagLength);
        try
        {
            aes.Decrypt(nonce, cursor[(HeaderLength + NonceLength)..^TagLength], cursor[^TagLength..], content, header);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
