using System.Numerics;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>
/// A token bucket written the other way round: a level of permits in exact fractions, not a time. It holds <c>level ÷ window</c> permits, and gains
/// <c>limit ÷ window</c> per microsecond.
/// </summary>
internal sealed class TokenModel : BucketModel
{
    private (long Limit, long Window)? _rules;
    private BigInteger _level;
    private long _at;

    public override void Adopt(in LimitRequest request, long now)
    {
        var (limit, window) = (request.Rules.Limit, request.Rules.WindowMicros);
        if (_rules is { } old && old != (limit, window))
        {
            // The time it takes to become full is kept, in whole microseconds when the limit is another, and cut to one window.
            var missing = ((BigInteger)old.Limit * old.Window) - Level(old, now);
            missing = old.Limit == limit ? missing : (missing + old.Limit - 1) / old.Limit * limit;
            (_level, _at) = (((BigInteger)limit * window) - BigInteger.Min(missing, (BigInteger)limit * window), now);
        }
        else if (_rules is null)
        {
            (_level, _at) = ((BigInteger)limit * window, now);
        }

        _rules = (limit, window);
    }

    public override bool HasRoom(in LimitRequest request, long now) => Level(now) >= (BigInteger)Math.Max(1, request.Cost) * request.Rules.WindowMicros;

    public override long Take(in LimitRequest request, long now)
    {
        (_level, _at) = (Level(now) - ((BigInteger)request.Cost * request.Rules.WindowMicros), now);
        Admitted.Add(now, request.Cost);
        return request.Cost;
    }

    public override long Remaining(LimitRules rules, long now) => (long)(Level(now) / rules.WindowMicros);

    public override long Reset(LimitRules rules, long now) => MicrosUntil(rules.Limit, rules, now);

    public override long Retry(in LimitRequest request, long now) =>
        request.Cost > request.Rules.Limit ? BucketView.Never : MicrosUntil(Math.Max(1, request.Cost), request.Rules, now);

    public override BucketModel Copy() => (TokenModel)MemberwiseClone();

    protected override void AssertBound(LimitRules rules) => Admitted.AssertAtRate(rules.Limit, rules.WindowMicros);

    /// <summary>Until that many permits are there, rounded up.</summary>
    private long MicrosUntil(long permits, LimitRules rules, long now) =>
        (long)BigInteger.Max(0, (((BigInteger)permits * rules.WindowMicros) - Level(now) + rules.Limit - 1) / rules.Limit);

    private BigInteger Level(long now) => Level(_rules!.Value, now);

    private BigInteger Level((long Limit, long Window) rules, long now) =>
        BigInteger.Min((BigInteger)rules.Limit * rules.Window, _level + ((BigInteger)(now - _at) * rules.Limit));
}
