namespace StratAI.RateLimiting;

/// <summary>A bucket in use, as <see cref="IRateLimitAdministration.ListAsync"/> finds it.</summary>
/// <param name="KeyHash">
/// The hash of its key, 32 hexadecimal digits: the key itself is kept nowhere. Equal keys have equal hashes under the same
/// <see cref="RateLimitingOptions.KeyHashSecret"/>.
/// </param>
/// <param name="Status">What is left in it, by the policy's own limit; plans and overrides go by the key.</param>
public sealed record RateLimitBucket(string KeyHash, RateLimitStatus Status);
