namespace StratAI.RateLimiting.Internal;

/// <summary>A fixed or sliding window.</summary>
internal sealed class CountedBucket() : Bucket("w")
{
    private Segments _kept = new();
    private Segments _segments = new();

    public override long IdleAt => _kept.EmptyAt();

    public override bool HasRoom(in LimitRequest request, long now)
    {
        _segments = _kept.At(request.Rules, now);
        _kept = request.IsPeek ? _kept : _segments;
        return Math.Max(1, request.Cost) <= request.Rules.Limit - _segments.Sum;
    }

    public override long Take(in LimitRequest request, long now)
    {
        var taken = Math.Min(request.Wanted, request.Rules.Limit - _segments.Sum);
        _segments.Add(taken);
        return taken;
    }

    public override BucketView View(in LimitRequest request, long now, bool hadRoom, long taken)
    {
        var (limit, needed) = (request.Rules.Limit, Math.Max(1, request.Cost));
        return new(
            now,
            Math.Max(0, limit - _segments.Sum),
            Math.Max(0, _segments.EmptyAt() - now),
            hadRoom ? BucketView.HasRoom : needed > limit ? BucketView.Never : _segments.UntilLeft(_segments.Sum - limit + needed, now),
            taken);
    }
}
