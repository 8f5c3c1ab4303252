namespace StratAI.RateLimiting;

/// <summary>One limit, counted separately for every key it is asked about.</summary>
public sealed record RateLimitPolicy
{
    /// <summary>How it counts. Default: <see cref="RateLimitAlgorithm.TokenBucket"/>.</summary>
    public RateLimitAlgorithm Algorithm { get; set; }

    /// <summary>
    /// The limit, in permits: of a token bucket what may be spent at once, else what may be spent per window or held at the same time. Must be set; from 1
    /// to 1,000,000,000,000, for <see cref="RateLimitAlgorithm.SlidingLog"/> to 10,000.
    /// </summary>
    public long PermitLimit { get; set; }

    /// <summary>
    /// The time in which an empty bucket becomes full, or the length of the window. Must be set, but for
    /// <see cref="RateLimitAlgorithm.Concurrency"/>, which has none. From 1 millisecond to 366 days; a part finer than a microsecond is refused.
    /// </summary>
    public TimeSpan Window { get; set; }

    /// <summary>
    /// Into how many parts a sliding window is cut: a permit comes back at most <c>Window ÷ Segments</c> late, and a key takes a few bytes more per
    /// segment in use. Default 10; from 2 to 100, each at least 1 millisecond long. Only for sliding windows and sliding budgets.
    /// </summary>
    public int Segments { get; set; } = 10;

    /// <summary>
    /// After how long without a renewal held permits and reservations are given up, so that a process that dies keeps nothing for ever. A live process
    /// renews three times as often. Default 30 s; from 3 seconds to 1 hour. Only for concurrency and budgets.
    /// </summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Up to how many permits an instance takes in advance for a busy key, to spend them without a call to Redis. Default 1: none. Blocks grow from
    /// one permit by doubling while they are spent within their window, and what is left of one lapses with it: never is more admitted than the limit, and at most
    /// <c>instances × BlockSize</c> less. From 1 to 1,000,000 and at most <see cref="PermitLimit"/>; only for fixed and sliding windows.
    /// </summary>
    public long BlockSize { get; set; } = 1;

    /// <summary>Whether it only counts: what it would refuse is told in metrics and statuses, and admitted. Default <see langword="false"/>.</summary>
    public bool Shadow { get; set; }

    /// <summary>
    /// How long a call waits for Redis, in place of <see cref="RateLimitingOptions.RedisTimeout"/>; of a call under several policies the shortest counts. Default
    /// <see langword="null"/>: as in the options. From 1 ms to 30 s.
    /// </summary>
    public TimeSpan? RedisTimeout { get; set; }

    /// <summary>
    /// What happens while Redis cannot be asked, after <see cref="LocalShareFor"/>. Default: <see cref="OutageBehavior.Local"/>. Without Redis it
    /// has no effect.
    /// </summary>
    public OutageBehavior Outage { get; set; }

    /// <summary>
    /// For how long after Redis was last heard of each instance applies its share of the limit by itself, before <see cref="Outage"/> decides. Default zero: not
    /// at all. Up to 1 day. The share is the limit divided by the instances last known to be alive, and at least 1.
    /// </summary>
    public TimeSpan LocalShareFor { get; set; }

    /// <summary>Other limits for keys on a plan, by the plan's name: see <see cref="RateLimitCheck.Plan"/>.</summary>
    public IDictionary<string, RateLimitPlan> Plans { get; init; } = new Dictionary<string, RateLimitPlan>(StringComparer.Ordinal);

    /// <summary>Other limits for single keys, by the key as it is given in a check; they win over plans.</summary>
    public IDictionary<string, RateLimitPlan> Overrides { get; init; } = new Dictionary<string, RateLimitPlan>(StringComparer.Ordinal);

    internal RateLimitPolicy Copy() => this with
    {
        Plans = new Dictionary<string, RateLimitPlan>(Plans.ToDictionary(entry => entry.Key, entry => entry.Value with { }), StringComparer.Ordinal),
        Overrides = new Dictionary<string, RateLimitPlan>(Overrides.ToDictionary(entry => entry.Key, entry => entry.Value with { }), StringComparer.Ordinal),
    };
}
