using System.Security.Cryptography;

namespace StratAI.Pagination.Internal;

/// <summary>
/// What is derived from one signing key (HKDF-SHA-256, RFC 5869), so that the configured secret itself touches no cursor.
/// </summary>
internal sealed class CursorKey
{
    private const int KeyLength = 32;

    private CursorKey(byte[] material)
    {
        Encryption = material[..KeyLength];
        Nonce = material[KeyLength..(2 * KeyLength)];
        Id = material[^1];
    }

    /// <summary>AES-256-GCM.</summary>
    public byte[] Encryption { get; }

    /// <summary>HMAC-SHA-256 over a cursor's content, from which its nonce is taken.</summary>
    public byte[] Nonce { get; }

    /// <summary>A hint which key a cursor was made with. Two keys may share one, so it decides nothing by itself.</summary>
    public byte Id { get; }

    public static CursorKey Derive(ReadOnlySpan<byte> secret)
    {
        var material = new byte[(2 * KeyLength) + 1];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, material, salt: [], info: "StratAI.Pagination cursor 1"u8);
        return new(material);
    }
}
