namespace StratAI.RateLimiting;

/// <summary>One limit to be asked: a policy, whose bucket, and how much.</summary>
/// <param name="Policy">The name of a configured policy.</param>
/// <param name="Key">Whose bucket: a user, an address, a tenant. Any text but the empty one; it leaves the process only as a hash.</param>
/// <param name="Cost">
/// The permits to take, 0 or more. 0 takes none and asks whether at least one is there. More than the policy's limit is refused for ever.
/// </param>
public readonly record struct RateLimitCheck(string Policy, string Key, long Cost = 1);
