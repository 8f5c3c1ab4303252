using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace StratAI.Pagination.Internal;

/// <summary>
/// What is derived from one signing key (HKDF-SHA-256, RFC 5869), so that the configured secret itself touches no cursor. The version of
/// cursors goes into it: under another version byte nothing decrypts.
/// </summary>
internal sealed class CursorKey
{
    public const int NonceLength = 12;
    public const int TagLength = 16;

    private const int KeyLength = 32;

    // Neither AesGcm nor IncrementalHash is safe for concurrent use, and new ones cost more than the work that they do.
    private readonly ObjectPool<Cipher> _ciphers;

    private CursorKey(byte[] material)
    {
        _ciphers = new DefaultObjectPool<Cipher>(new CipherPolicy(material[..KeyLength], material[KeyLength..(2 * KeyLength)]));
        Id = material[^1];
    }

    /// <summary>A hint which key a cursor was made with. Two keys may share one, so it decides nothing by itself.</summary>
    public byte Id { get; }

    public static CursorKey Derive(ReadOnlySpan<byte> secret)
    {
        var material = new byte[(2 * KeyLength) + 1];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, material, salt: [], info: "StratAI.Pagination cursor 1"u8);
        return new(material);
    }

    /// <summary>Writes the nonce, the ciphertext and the tag. The nonce is an HMAC-SHA-256 of the content, cut to its length.</summary>
    public void Encrypt(ReadOnlySpan<byte> content, Span<byte> destination)
    {
        var cipher = _ciphers.Get();
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        cipher.Hmac.AppendData(content);
        cipher.Hmac.GetHashAndReset(mac);
        var nonce = destination[..NonceLength];
        mac[..NonceLength].CopyTo(nonce);
        cipher.Aes.Encrypt(nonce, content, destination[NonceLength..^TagLength], destination[^TagLength..]);
        _ciphers.Return(cipher);
    }

    /// <summary>Reads what <see cref="Encrypt"/> wrote, comparing the tag in constant time; false when it was not this key.</summary>
    public bool TryDecrypt(ReadOnlySpan<byte> source, Span<byte> content)
    {
        var cipher = _ciphers.Get();
        try
        {
            cipher.Aes.Decrypt(source[..NonceLength], source[NonceLength..^TagLength], source[^TagLength..], content);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            _ciphers.Return(cipher);
        }
    }

    private sealed record Cipher(AesGcm Aes, IncrementalHash Hmac);

    private sealed class CipherPolicy(byte[] encryption, byte[] nonce) : PooledObjectPolicy<Cipher>
    {
        public override Cipher Create() => new(new(encryption, TagLength), IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, nonce));

        public override bool Return(Cipher obj) => true;
    }
}
