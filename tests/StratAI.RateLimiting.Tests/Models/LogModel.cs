using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>A list of the times of permits.</summary>
internal sealed class LogModel : BucketModel
{
    private List<long> _times = [];

    public override void Adopt(in LimitRequest request, long now)
    {
        var window = request.Rules.WindowMicros;
        _times.RemoveAll(time => time + window <= now);
    }

    public override bool HasRoom(in LimitRequest request, long now) => _times.Count + Math.Max(1, request.Cost) <= request.Rules.Limit;

    public override long Take(in LimitRequest request, long now)
    {
        for (var i = 0; i < request.Cost; i++)
        {
            _times.Add(now);
        }

        Admitted.Add(now, request.Cost);
        return request.Cost;
    }

    public override long Remaining(LimitRules rules, long now) => Math.Max(0, rules.Limit - _times.Count);

    public override long Reset(LimitRules rules, long now) => _times.Count == 0 ? 0 : _times.Max() + rules.WindowMicros - now;

    public override long Retry(in LimitRequest request, long now)
    {
        var (rules, cost) = (request.Rules, Math.Max(1, request.Cost));
        return cost > rules.Limit
            ? BucketView.Never
            : _times.Select(time => time + rules.WindowMicros).First(then => _times.Count(time => time + rules.WindowMicros > then) + cost <= rules.Limit) - now;
    }

    public override BucketModel Copy()
    {
        var copy = (LogModel)MemberwiseClone();
        copy._times = [.. _times];
        return copy;
    }

    protected override void AssertBound(LimitRules rules) => Admitted.AssertAtMost(rules.Limit, rules.WindowMicros);

    public override void VerifyRefusal(in LimitRequest request, long now)
    {
        var counted = Admitted.Since(now - request.Rules.WindowMicros);
        Assert.True(counted + Math.Max(1, request.Cost) > request.Rules.Limit, $"refused {request.Cost} above {counted} of {request.Rules.Limit}");
    }
}
