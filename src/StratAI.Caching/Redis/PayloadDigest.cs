using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace StratAI.Caching.Redis;

/// <summary>
/// Names what an entry holds apart from its sequence, as <see cref="Scripts.Verify"/> computes it too. It is the one digest Redis's scripts have, and
/// guards against nobody: who could forge an entry can write it.
/// </summary>
internal static class PayloadDigest
{
    [SuppressMessage("Security", "CA5350", Justification = "Not used for security.")]
    public static string Of(byte[] head, byte[] rest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(head);
        hash.AppendData(rest);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
