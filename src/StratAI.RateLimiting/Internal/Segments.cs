namespace StratAI.RateLimiting.Internal;

/// <summary>What was counted in the segments of a window that still count, newest first.</summary>
internal sealed class Segments
{
    private long[] _counts = [];
    private long _start;
    private long _length;

    public long Sum { get; private set; }

    /// <summary>Brings the counts up to now.</summary>
    public void MoveTo(LimitRules rules, long now)
    {
        var (length, counted) = (rules.SegmentMicros, rules.CountedSegments);
        var current = now - (now % length);
        if (_length == length && _counts.Length == counted && _start == current)
        {
            return;
        }

        var moved = new long[counted];
        if (_length != length)
        {
            // The window was changed: what was counted under the old one counts as of now, which is never in the caller's favour.
            moved[0] = Sum;
        }
        else
        {
            // A clock that stepped back keeps a key out for one window at most: what lies in the future counts as of now.
            var shift = Math.Max(0, (current - _start) / length);
            for (var i = shift; i < counted && i - shift < _counts.Length; i++)
            {
                moved[i] = _counts[i - shift];
            }
        }

        (_counts, _start, _length, Sum) = (moved, current, length, moved.Sum());
    }

    public void Add(long count)
    {
        _counts[0] += count;
        Sum += count;
    }

    /// <summary>Microseconds until that many counts have left, or all of them.</summary>
    public long UntilLeft(long count, long now)
    {
        var i = _counts.Length - 1;
        for (; i > 0 && count > _counts[i]; i--)
        {
            count -= _counts[i];
        }

        return LeavesAt(i) - now;
    }

    /// <summary>When the last count leaves; the beginning of time if there is none.</summary>
    public long EmptyAt() => Array.FindIndex(_counts, count => count > 0) is var newest and >= 0 ? LeavesAt(newest) : 0;

    private long LeavesAt(long segment) => _start + ((_counts.Length - segment) * _length);
}
