using System.Buffers.Binary;
using System.Buffers.Text;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Redis;

/// <summary>
/// The names of keys: <c>prefix:{group}:policy:kind</c>, with the key's own hash in front of the policy where it is not its own group.
/// </summary>
internal sealed class RedisKeys(string prefix)
{
    private const int HashLength = 22;

    /// <summary>The instances that are alive, by the time at which they count as dead.</summary>
    public RedisKey Instances { get; } = $"{prefix}:instances";

    public RedisKey[] Of(LimitRequest[] requests)
    {
        var keys = new RedisKey[requests.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = Of(requests[i].Key, requests[i].Rules.Kind);
        }

        return keys;
    }

    public RedisKey Of(in LimitKey key, string kind)
    {
        Span<char> group = stackalloc char[HashLength];
        Write(key.Group, group);
        if (key.Group == key.Hash)
        {
            return $"{prefix}:{{{group}}}:{key.Policy}:{kind}";
        }

        Span<char> own = stackalloc char[HashLength];
        Write(key.Hash, own);
        return $"{prefix}:{{{group}}}:{own}:{key.Policy}:{kind}";
    }

    /// <summary>What all keys of a policy match, and those of no other.</summary>
    public string PatternOf(string policy, string kind) => $"{Escape(prefix)}:{{*}}*:{Escape(policy)}:{kind}";

    /// <summary>The key's and its group's hashes, from a name; <see langword="null"/> where it is not one of the policy.</summary>
    public LimitKey? Parse(string name, string policy, string kind)
    {
        var start = prefix.Length + 2;
        var end = $":{policy}:{kind}";
        if (!name.StartsWith($"{prefix}:{{", StringComparison.Ordinal) || !name.EndsWith(end, StringComparison.Ordinal)
            || name.Length < start + HashLength || !TryRead(name.AsSpan(start, HashLength), out var group))
        {
            return null;
        }

        var middle = name.AsSpan(start + HashLength + 1, name.Length - end.Length - start - HashLength - 1);
        return middle.IsEmpty ? new(policy, group) : TryRead(middle[1..], out var own) ? new(policy, own, group) : null;
    }

    private static void Write(UInt128 hash, Span<char> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash);
        Base64Url.EncodeToChars(bytes, text);
    }

    private static bool TryRead(ReadOnlySpan<char> text, out UInt128 hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        var isHash = text.Length == HashLength && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == 16;
        hash = isHash ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : default;
        return isHash;
    }

    // In a pattern of SCAN these are special.
    private static string Escape(string text) => string.Concat(text.Select(c => c is '*' or '?' or '[' or ']' or '\\' or '^' ? $"\\{c}" : $"{c}"));
}
