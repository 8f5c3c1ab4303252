using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>
/// What one bucket promises, written from the documentation and without a thought to speed. Both stores must answer number by number as it does.
/// </summary>
internal abstract class BucketModel
{
    protected Admissions Admitted { get; } = new();

    public static BucketModel For(LimitRules rules) => rules.Algorithm switch
    {
        RateLimitAlgorithm.TokenBucket => new TokenModel(),
        RateLimitAlgorithm.FixedWindow or RateLimitAlgorithm.SlidingWindow => new WindowModel(),
        RateLimitAlgorithm.SlidingLog => new LogModel(),
        _ => new HeldModel(),
    };

    /// <summary>Called first, of each call that asks for something: from here on its rules apply.</summary>
    public abstract void Adopt(in LimitRequest request, long now);

    public abstract bool HasRoom(in LimitRequest request, long now);

    /// <summary>Takes what has room.</summary>
    /// <returns>What is told to have been taken.</returns>
    public abstract long Take(in LimitRequest request, long now);

    public abstract long Remaining(LimitRules rules, long now);

    /// <summary>Microseconds until it is as good as new.</summary>
    public abstract long Reset(LimitRules rules, long now);

    /// <summary>Microseconds until there is room, or a constant of <see cref="BucketView"/>; only after there was none.</summary>
    public abstract long Retry(in LimitRequest request, long now);

    /// <summary>A bucket in the same state, to look at it by rules that do not apply to it.</summary>
    public abstract BucketModel Copy();

    /// <summary>Fails unless what was admitted by these rules keeps to the stated bound. Other rules begin anew.</summary>
    public void VerifyBound(LimitRules rules)
    {
        AssertBound(rules);
        Admitted.Clear();
    }

    /// <summary>Fails if a refusal was wrong by the stated rule; only where the rules never changed.</summary>
    public virtual void VerifyRefusal(in LimitRequest request, long now)
    {
    }

    protected virtual void AssertBound(LimitRules rules)
    {
    }
}
