namespace StratAI.RateLimiting.Internal;

/// <summary>A check made ready for a store.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Rules">What applies to the key.</param>
/// <param name="KeyText">The key as it was given. It never leaves the process.</param>
/// <param name="GroupText">The group as it was given; <see langword="null"/>: the key.</param>
/// <param name="Cost">The permits it must get; 0 asks for one and takes none.</param>
internal readonly record struct LimitRequest(LimitPolicy Policy, LimitRules Rules, string KeyText, string? GroupText, long Cost)
{
    /// <summary>The bucket. Hashing costs more than all else that a decision does in the process, so it is done only when a store is asked.</summary>
    public LimitKey Key { get; init; }

    /// <summary>The permits to take if there are as many, and else as many as there are: a block in advance. Never below the cost.</summary>
    public long Wanted { get; init; } = Cost;

    /// <summary>The plan as it was given, for asking again.</summary>
    public string? Plan { get; init; }

    /// <summary>What is to become of held permits, in place of a cost. Only for policies that hold.</summary>
    public HoldChange? Hold { get; init; }

    public bool IsOfSameBucket(in LimitRequest other) => ReferenceEquals(Policy, other.Policy) && KeyText == other.KeyText;

    public LimitRequest Hashed(KeyHasher hasher)
    {
        if (Key.Policy is not null)
        {
            return this;
        }

        var hash = hasher.Hash(KeyText);
        return this with { Key = new(Policy.Name, hash, GroupText is null ? hash : hasher.Hash(GroupText)) };
    }
}
