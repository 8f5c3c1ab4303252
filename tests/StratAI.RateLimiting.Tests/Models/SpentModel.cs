using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>What was spent in a window that moves by segments: a plain list, of which each entry counts until its time has come.</summary>
internal sealed class SpentModel
{
    private List<(long At, long Count)> _spent = [];
    private LimitRules? _rules;

    public void Adopt(LimitRules rules, long now)
    {
        if (_rules is { } old)
        {
            _spent.RemoveAll(entry => LeavesAt(entry.At, old) <= now);
            if (old.SegmentMicros != rules.SegmentMicros)
            {
                // Counted under another grid: as of now, which is never in the caller's favour.
                _spent = _spent.ConvertAll(entry => (now, entry.Count));
            }
        }

        _rules = rules;
    }

    public void Add(long at, long count) => _spent.Add((at, count));

    public long SumAt(LimitRules rules, long now) => _spent.Where(entry => LeavesAt(entry.At, rules) > now).Sum(entry => entry.Count);

    public long Reset(LimitRules rules, long now) =>
        _spent.Where(entry => entry.Count > 0).Select(entry => LeavesAt(entry.At, rules) - now).Append(0).Max();

    /// <summary>Until at most that many count; tried at every time at which something leaves.</summary>
    public long UntilAtMost(long count, LimitRules rules, long now) =>
        _spent.Select(entry => LeavesAt(entry.At, rules)).Where(time => time > now).Order().First(time => SumAt(rules, time) <= count) - now;

    public SpentModel Copy() => new() { _spent = [.. _spent], _rules = _rules };

    private static long LeavesAt(long at, LimitRules rules) => ((at / rules.SegmentMicros) + rules.CountedSegments) * rules.SegmentMicros;
}
