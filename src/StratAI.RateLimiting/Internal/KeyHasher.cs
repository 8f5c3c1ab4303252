using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace StratAI.RateLimiting.Internal;

/// <summary>The first 128 bits of HMAC-SHA-256 over the key with the secret; without a secret, of SHA-256.</summary>
/// <remarks>
/// The hash costs ten times what all else of a call to Redis does in the process, so keys that come again soon are found in a table of the last ones: each place
/// holds one key, and the next one with the same place takes it.
/// </remarks>
internal sealed class KeyHasher(string? secret)
{
    private const int Places = 4096;
    private const int LongestKept = 128;

    private readonly byte[]? _secret = string.IsNullOrEmpty(secret) ? null : Encoding.UTF8.GetBytes(secret);
    private readonly Known?[] _known = new Known?[Places];

    public UInt128 Hash(string key)
    {
        if (key.Length > LongestKept)
        {
            return Compute(key);
        }

        ref var place = ref _known[(uint)key.GetHashCode() % Places];
        if (Volatile.Read(ref place) is { } known && known.Key == key)
        {
            return known.Hash;
        }

        var hash = Compute(key);
        Volatile.Write(ref place, new(key, hash));
        return hash;
    }

    private UInt128 Compute(string key)
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

    private sealed record Known(string Key, UInt128 Hash);
}
