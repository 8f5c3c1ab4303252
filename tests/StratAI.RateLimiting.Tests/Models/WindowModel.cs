using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>Fixed windows, and windows that slide by segments.</summary>
internal sealed class WindowModel : BucketModel
{
    private SpentModel _spent = new();

    public override void Adopt(in LimitRequest request, long now) => _spent.Adopt(request.Rules, now);

    public override bool HasRoom(in LimitRequest request, long now) =>
        _spent.SumAt(now) + Math.Max(1, request.Cost) <= request.Rules.Limit;

    public override long Take(in LimitRequest request, long now)
    {
        _spent.Add(now, request.Cost);
        Admitted.Add(now, request.Cost);
        return request.Cost;
    }

    public override long Remaining(LimitRules rules, long now) => Math.Max(0, rules.Limit - _spent.SumAt(now));

    public override long Reset(LimitRules rules, long now) => _spent.Reset(now);

    public override long Retry(in LimitRequest request, long now) =>
        request.Cost > request.Rules.Limit
            ? BucketView.Never
            : _spent.UntilAtMost(request.Rules.Limit - Math.Max(1, request.Cost), now);

    public override BucketModel Copy()
    {
        var copy = (WindowModel)MemberwiseClone();
        copy._spent = _spent.Copy();
        return copy;
    }

    protected override void AssertBound(LimitRules rules)
    {
        if (rules.Algorithm == RateLimitAlgorithm.FixedWindow)
        {
            Admitted.AssertAtMostAligned(rules.Limit, rules.WindowMicros);
        }
        else
        {
            Admitted.AssertAtMost(rules.Limit, rules.WindowMicros);
        }
    }

    public override void VerifyRefusal(in LimitRequest request, long now)
    {
        var rules = request.Rules;
        var counted = rules.Algorithm == RateLimitAlgorithm.FixedWindow
            ? Admitted.Since(now - (now % rules.WindowMicros) - 1)
            : Admitted.Since(now - (rules.SegmentMicros * rules.CountedSegments));
        Assert.True(counted + Math.Max(1, request.Cost) > rules.Limit, $"refused {request.Cost} above {counted} of {rules.Limit}");
    }
}
