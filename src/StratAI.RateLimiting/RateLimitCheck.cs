namespace StratAI.RateLimiting;

/// <summary>One limit to be asked: a policy, whose bucket, and how much.</summary>
/// <param name="Policy">The name of a configured policy.</param>
/// <param name="Key">Whose bucket: a user, an address, a tenant. Any text but the empty one; it leaves the process only as a hash.</param>
/// <param name="Cost">
/// The permits to take, to hold or to reserve, 0 or more. 0 takes none and asks whether at least one is there. More than the policy's limit is
/// refused for ever.
/// </param>
public readonly record struct RateLimitCheck(string Policy, string Key, long Cost = 1)
{
    /// <summary>The plan the key is on: one of the policy's <see cref="RateLimitPolicy.Plans"/>. One that the policy does not know changes nothing.</summary>
    public string? Plan { get; init; }

    /// <summary>
    /// What the key belongs to, such as its tenant. On Redis Cluster the buckets of a group are on one shard, and all checks of a call that
    /// are in one group are decided in one call. Default <see langword="null"/>: the key itself. A key must always be given with the same group.
    /// </summary>
    public string? Group { get; init; }
}
