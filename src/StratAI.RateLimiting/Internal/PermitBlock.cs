namespace StratAI.RateLimiting.Internal;

/// <summary>
/// Permits of one key that were taken in advance, for the segment of the window in which they were taken: spent in it, they count when they are spent; what is left
/// of them lapses with it, so that no window ever has more than its limit.
/// </summary>
internal sealed class PermitBlock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _left;
    private long _size = 1;
    private long _segment = -1;
    private long _askedAt;
    private RateLimitStatus? _status;

    /// <summary>One caller fills it at a time: each of many would take a block of its own.</summary>
    public SemaphoreSlim Filling { get; } = new(1);

    public long EndsAt { get; private set; }

    /// <summary>Takes from what is left; <see langword="null"/> when there is too little.</summary>
    public Taken? TryTake(long cost)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_left < cost || cost == 0 || now >= EndsAt)
            {
                return null;
            }

            _left -= cost;
            return new(Status(time.GetElapsedTime(_askedAt, now)), _segment);
        }
    }

    /// <summary>Gives back what was taken, unless the block is of another segment by now.</summary>
    public void Return(long cost, long segment)
    {
        lock (_gate)
        {
            if (segment == _segment)
            {
                _left += cost;
            }
        }
    }

    /// <summary>
    /// Asks for as many permits as were spent, twice over, up to the policy's block, and no more than are missing in it; and gives back what lapsed of the
    /// last segment. Given back once, even if no answer comes: twice would be permits out of nothing.
    /// </summary>
    public LimitRequest Fill(in LimitRequest request)
    {
        lock (_gate)
        {
            var lapsed = 0L;
            if (time.GetTimestamp() >= EndsAt)
            {
                (lapsed, _left) = (_left, 0);
                _size = lapsed > 0 ? Math.Max(1, _size / 2) : _size;
            }

            return request with
            {
                Wanted = Math.Max(request.Cost, Math.Min(_size, request.Policy.BlockSize) - _left),
                Unspent = (lapsed, _segment),
            };
        }
    }

    /// <summary>Redis refused, so that what lapsed was not given back; it is when Redis is asked again.</summary>
    public void Keep(in LimitRequest request)
    {
        lock (_gate)
        {
            _left += request.Unspent.Count;
        }
    }

    /// <summary>Puts in what Redis gave beyond the cost of the call that asked.</summary>
    /// <returns>The status of that call.</returns>
    public RateLimitStatus Put(in LimitRequest request, in BucketView view, long askedAt)
    {
        lock (_gate)
        {
            var length = request.Rules.SegmentMicros;
            var segment = view.NowMicros - (view.NowMicros % length);
            var extra = view.Taken - request.Cost;
            if (segment == _segment)
            {
                _left += extra;
                _size = Math.Min(_size * 2, request.Policy.BlockSize);
            }
            else
            {
                (_segment, _left) = (segment, extra);
            }

            // By this process's steady clock, from before it asked: never later than the segment ends for Redis.
            EndsAt = askedAt + (long)((Int128)(segment + length - view.NowMicros) * time.TimestampFrequency / 1_000_000);
            (_askedAt, _status) = (askedAt, Decisions.Status(request, view));
            return Status(TimeSpan.Zero);
        }
    }

    /// <summary>Permits that were taken: how the policy stood then, and the segment they are of.</summary>
    internal sealed record Taken(RateLimitStatus Status, long Segment);

    private RateLimitStatus Status(TimeSpan elapsed) => _status!.After(elapsed, retryAfter: null, inAdvance: _left);
}
