using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace StratAI.RateLimiting.Internal;

/// <summary>The first 128 bits of HMAC-SHA-256 over the key with the secret; without a secret, of SHA-256.</summary>
internal sealed class KeyHasher(string? secret)
{
    private readonly byte[]? _secret = string.IsNullOrEmpty(secret) ? null : Encoding.UTF8.GetBytes(secret);

    public UInt128 Hash(string key)
    {
        // The UTF-16 units as they are: nothing to encode, and malformed text is not folded onto one replacement character.
        var bytes = MemoryMarshal.AsBytes(key.AsSpan());
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (_secret is null)
        {
            SHA256.HashData(bytes, hash);
        }
        else
        {
            HMACSHA256.HashData(_secret, bytes, hash);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
