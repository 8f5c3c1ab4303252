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
            _spent.RemoveAll(entry => LeavesAt(entry.At) <= now);
            if (old.SegmentMicros != rules.SegmentMicros)
            {
                // Counted under another grid: as of now, which is never in the caller's favour.
                _spent = _spent.ConvertAll(entry => (now, entry.Count));
            }
        }

        _rules = rules;
    }

    /// <summary>The rules so far go on to apply, if anything is still counted by them.</summary>
    public void Keep(LimitRules rules, long now)
    {
        _spent.RemoveAll(entry => LeavesAt(entry.At) <= now);
        _rules = _spent.Count > 0 ? _rules : rules;
    }

    public void Add(long at, long count) => _spent.Add((at, count));

    public long SumAt(long now) => _spent.Where(entry => LeavesAt(entry.At) > now).Sum(entry => entry.Count);

    public long Reset(long now) => _spent.Where(entry => entry.Count > 0).Select(entry => LeavesAt(entry.At) - now).Append(0).Max();

    /// <summary>Until at most that many count; tried at every time at which something leaves.</summary>
    public long UntilAtMost(long count, long now) =>
        _spent.Select(entry => LeavesAt(entry.At)).Where(time => time > now).Order().First(time => SumAt(time) <= count) - now;

    public SpentModel Copy() => new() { _spent = [.. _spent], _rules = _rules };

    private long LeavesAt(long at) => ((at / _rules!.SegmentMicros) + _rules.CountedSegments) * _rules.SegmentMicros;
}
