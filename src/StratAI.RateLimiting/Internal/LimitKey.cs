namespace StratAI.RateLimiting.Internal;

/// <summary>The identity of a bucket. The key is held as a 128-bit hash: of one size whatever a client sends, and no personal data.</summary>
internal readonly record struct LimitKey(string Policy, UInt128 Hash);
