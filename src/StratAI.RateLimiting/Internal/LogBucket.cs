namespace StratAI.RateLimiting.Internal;

/// <summary>A sliding window that remembers when each permit was taken.</summary>
internal sealed class LogBucket() : Bucket("l")
{
    private readonly List<long> _taken = [];
    private long _window;
    private int _gone;

    public override long IdleAt => _taken.Count == 0 ? 0 : _taken[^1] + _window;

    public override bool HasRoom(in LimitRequest request, long now)
    {
        var window = request.Rules.WindowMicros;
        if (_taken.Count > 0 && _taken[^1] > now)
        {
            // The clock stepped back: what lies in the future counts as of now.
            CountFutureAsNow(now);
        }

        var first = _taken.FindIndex(at => at > now - window);
        _gone = first < 0 ? _taken.Count : first;
        if (!request.IsPeek)
        {
            _taken.RemoveRange(0, _gone);
            (_gone, _window) = (0, window);
        }

        return Math.Max(1, request.Cost) <= request.Rules.Limit - Size;
    }

    public override long Take(in LimitRequest request, long now)
    {
        _taken.AddRange(Enumerable.Repeat(now, (int)request.Cost));
        return request.Cost;
    }

    public override BucketView View(in LimitRequest request, long now, bool hadRoom, long taken)
    {
        var (limit, window, needed) = (request.Rules.Limit, request.Rules.WindowMicros, Math.Max(1, request.Cost));
        return new(
            now,
            Math.Max(0, limit - Size),
            Size == 0 ? 0 : _taken[^1] + window - now,
            hadRoom ? BucketView.HasRoom : needed > limit ? BucketView.Never : _taken[(int)(_taken.Count - limit + needed - 1)] + window - now,
            taken);
    }

    private int Size => _taken.Count - _gone;

    private void CountFutureAsNow(long now)
    {
        for (var i = _taken.Count - 1; i >= 0 && _taken[i] > now; i--)
        {
            _taken[i] = now;
        }
    }
}
