using System.Collections.Frozen;

namespace StratAI.RateLimiting.Internal;

/// <summary>A configured policy, made ready for use.</summary>
internal sealed class LimitPolicy
{
    private readonly FrozenDictionary<string, LimitRules?> _plans;
    private readonly FrozenDictionary<string, LimitRules?> _overrides;

    public LimitPolicy(string name, RateLimitPolicy policy)
    {
        Configured = policy;
        (Name, BlockSize, IsShadow, Outage, LocalShareFor) = (name, policy.BlockSize, policy.Shadow, policy.Outage, policy.LocalShareFor);
        Rules = new(policy.Algorithm, policy.PermitLimit, policy.Window, policy.Segments, policy.LeaseTime);
        _plans = Ready(policy.Plans);
        _overrides = Ready(policy.Overrides);

        FrozenDictionary<string, LimitRules?> Ready(IDictionary<string, RateLimitPlan> plans) =>
            plans.ToFrozenDictionary(entry => entry.Key, entry => entry.Value.Exempt ? null : Rules.With(entry.Value), StringComparer.Ordinal);
    }

    public string Name { get; }

    public RateLimitPolicy Configured { get; }

    /// <summary>What applies to keys without a plan or override.</summary>
    public LimitRules Rules { get; }

    public long BlockSize { get; }

    public bool IsShadow { get; }

    public OutageBehavior Outage { get; }

    public TimeSpan LocalShareFor { get; }

    /// <summary>Whether it matters which plan a key is on.</summary>
    public bool HasPlans => _plans.Count > 0;

    /// <summary>What applies to a key; <see langword="null"/> when it is exempt.</summary>
    public LimitRules? RulesFor(string key, string? plan)
    {
        if (_overrides.Count > 0 && _overrides.TryGetValue(key, out var rules))
        {
            return rules;
        }

        return plan is not null && _plans.TryGetValue(plan, out rules) ? rules : Rules;
    }
}
