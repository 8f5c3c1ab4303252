namespace StratAI.RateLimiting.Internal;

/// <summary>What was counted in the segments of a window that still count, newest first.</summary>
internal sealed class Segments
{
    private long[] _counts = [];
    private long _start;
    private long _length;

    public long Sum { get; private set; }

    /// <summary>
    /// The counts as they are now. By other rules than before that is another object: what was counted by the old ones then counts as of now where
    /// segments are of another length, which is never in the caller's favour.
    /// </summary>
    public Segments At(LimitRules rules, long now)
    {
        var (length, counted) = (rules.SegmentMicros, rules.CountedSegments);
        if (AsTheyAre(rules, now) is var own && own._length == length && own._counts.Length == counted)
        {
            return own;
        }

        var other = Empty(rules, now);
        for (var i = 0; i < _counts.Length; i++)
        {
            var at = _length == length ? i : 0;
            if (at < counted)
            {
                other._counts[at] += _counts[i];
                other.Sum += _counts[i];
            }
        }

        return other;
    }

    /// <summary>The counts as they are now, by the rules they were counted by; the given ones apply if there are none.</summary>
    public Segments AsTheyAre(LimitRules rules, long now)
    {
        if (_length > 0)
        {
            MoveTo(now);
        }

        return Sum > 0 ? this : Empty(rules, now);
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

    private static Segments Empty(LimitRules rules, long now) => new()
    {
        _counts = new long[rules.CountedSegments],
        _length = rules.SegmentMicros,
        _start = now - (now % rules.SegmentMicros),
    };

    private void MoveTo(long now)
    {
        var current = now - (now % _length);
        var shift = Math.Max(0, (current - _start) / _length);
        if (shift > 0 && Sum > 0)
        {
            var kept = (int)Math.Max(0, _counts.Length - shift);
            Array.Copy(_counts, 0, _counts, _counts.Length - kept, kept);
            Array.Clear(_counts, 0, _counts.Length - kept);
            Sum = _counts.Sum();
        }

        _start = current;
    }
}
