using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>Permits that are held until they are given back, are charged or lapse; of a budget also what was charged.</summary>
internal sealed class HeldModel : BucketModel
{
    private readonly HashSet<string> _settled = new(StringComparer.Ordinal);
    private Dictionary<string, (long Amount, long EndsAt)> _holds = new(StringComparer.Ordinal);
    private SpentModel _spent = new();

    public override void Adopt(in LimitRequest request, long now)
    {
        if (IsBudget(request.Rules) && request.Hold is { IsForced: true })
        {
            // What ends or renews an older hold is done by the rules that apply, whichever they were when it began.
            _spent.Keep(request.Rules, now);
        }
        else if (IsBudget(request.Rules))
        {
            _spent.Adopt(request.Rules, now);
        }
    }

    public override bool HasRoom(in LimitRequest request, long now) =>
        request.Hold is { IsForced: true } || HeldByOthers(request, now) + Need(request) + Spent(request.Rules, now) <= request.Rules.Limit;

    public override long Take(in LimitRequest request, long now)
    {
        if (request.Hold is not { } change)
        {
            return 0;
        }

        if (IsBudget(request.Rules) && change.Charge > 0 && (change.Id.Length == 0 || _settled.Add(change.Id)))
        {
            _spent.Add(now, change.Charge);
        }

        if (change.Amount > 0)
        {
            _holds[change.Id] = (change.Amount, now + request.Rules.LeaseMicros);
        }
        else
        {
            _holds.Remove(change.Id);
        }

        return change.Amount;
    }

    /// <summary>A beat: it brings back what has lapsed, but not what was settled.</summary>
    public void Renew(in LimitRequest request, long now)
    {
        if (!_settled.Contains(request.Hold!.Id))
        {
            _holds[request.Hold.Id] = (request.Hold.Amount, now + request.Rules.LeaseMicros);
        }
    }

    public override long Remaining(LimitRules rules, long now) =>
        Math.Max(0, rules.Limit - Spent(rules, now) - _holds.Values.Where(hold => hold.EndsAt > now).Sum(hold => hold.Amount));

    public override long Reset(LimitRules rules, long now) => IsBudget(rules) ? _spent.Reset(now) : 0;

    public override long Retry(in LimitRequest request, long now)
    {
        // What is held may come back at any time or never; only what was spent is known to leave.
        var room = request.Rules.Limit - HeldByOthers(request, now) - Need(request);
        return Need(request) > request.Rules.Limit ? BucketView.Never
            : room < 0 ? BucketView.Unknown
            : _spent.UntilAtMost(room, now);
    }

    public override BucketModel Copy()
    {
        var copy = (HeldModel)MemberwiseClone();
        (copy._holds, copy._spent) = (new(_holds), _spent.Copy());
        return copy;
    }

    private static bool IsBudget(LimitRules rules) => rules.Algorithm != RateLimitAlgorithm.Concurrency;

    private static long Need(in LimitRequest request) => Math.Max(1, (request.Hold?.Amount ?? 0) + (request.Hold?.Charge ?? 0));

    private long HeldByOthers(LimitRequest request, long now) =>
        _holds.Where(hold => hold.Value.EndsAt > now && hold.Key != request.Hold?.Id).Sum(hold => hold.Value.Amount);

    private long Spent(LimitRules rules, long now) => IsBudget(rules) ? _spent.SumAt(now) : 0;
}
