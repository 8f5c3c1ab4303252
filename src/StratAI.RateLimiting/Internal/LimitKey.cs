namespace StratAI.RateLimiting.Internal;

/// <summary>The identity of a bucket. Key and group are held as 128-bit hashes: of one size whatever a client sends, and no personal data.</summary>
internal readonly record struct LimitKey(string Policy, UInt128 Hash, UInt128 Group)
{
    public LimitKey(string policy, UInt128 hash)
        : this(policy, hash, hash)
    {
    }
}
