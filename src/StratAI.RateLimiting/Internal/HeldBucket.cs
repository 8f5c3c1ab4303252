namespace StratAI.RateLimiting.Internal;

/// <summary>Permits that are held, and of a budget also what was used for good.</summary>
internal sealed class HeldBucket(string kind) : Bucket(kind)
{
    private Segments _kept = new();
    private Segments _used = new();
    private readonly Dictionary<string, Hold> _holds = new(StringComparer.Ordinal);
    private long _held;
    private long _earliest = long.MaxValue;

    public override long IdleAt => Math.Max(_kept.EmptyAt(), _holds.Count == 0 ? 0 : _holds.Values.Max(hold => hold.ExpiresAt));

    public override bool HasRoom(in LimitRequest request, long now)
    {
        if (request.Rules.CountedSegments > 0)
        {
            // A hold that is older than a change of the rules must not bring the old ones back.
            _used = request.Hold is { IsForced: true } ? _kept.AsTheyAre(request.Rules, now) : _kept.At(request.Rules, now);
            _kept = request.IsPeek ? _kept : _used;
        }

        if (_earliest <= now)
        {
            Expire(now);
        }

        // The cost alone first: sums with one far above the limit would overflow.
        var (change, limit) = (ChangeOf(request), request.Rules.Limit);
        return change.IsForced || (Needed(change) <= limit && HeldBesides(change) + Needed(change) <= limit - _used.Sum);
    }

    public override long Take(in LimitRequest request, long now)
    {
        var change = ChangeOf(request);
        var own = Own(change);
        _held += change.Amount - own.Amount;
        if (!own.IsSettled && request.Rules.CountedSegments > 0)
        {
            _used.Add(change.Charge);
        }

        if (change.Id.Length > 0)
        {
            Keep(change, now + request.Rules.LeaseMicros, isSettled: change.Amount == 0 && request.Rules.CountedSegments > 0 && (change.Charge > 0 || own.IsSettled));
        }

        return change.Amount;
    }

    public override BucketView View(in LimitRequest request, long now, bool hadRoom, long taken)
    {
        var (limit, change) = (request.Rules.Limit, ChangeOf(request));
        var needed = Needed(change);
        var mustLeave = HeldBesides(change) + needed - (limit - _used.Sum);
        return new(
            now,
            Math.Max(0, limit - _used.Sum - _held),
            Math.Max(0, _used.EmptyAt() - now),
            hadRoom ? BucketView.HasRoom
            : needed > limit ? BucketView.Never
            : mustLeave <= _used.Sum ? _used.UntilLeft(mustLeave, now)
            : BucketView.Unknown,
            taken);
    }

    /// <summary>A check without a change asks whether there is a permit.</summary>
    private static HoldChange ChangeOf(in LimitRequest request) => request.Hold ?? new("", 0);

    private static long Needed(HoldChange change) => Math.Max(change.IsForced ? 0 : 1, change.Amount + change.Charge);

    private long HeldBesides(HoldChange change) => _held - Own(change).Amount;

    private Hold Own(HoldChange change) => _holds.GetValueOrDefault(change.Id);

    private void Keep(HoldChange change, long expiresAt, bool isSettled)
    {
        if (change.Amount == 0 && !isSettled)
        {
            _holds.Remove(change.Id);
            return;
        }

        _holds[change.Id] = new(change.Amount, expiresAt, isSettled);
        _earliest = Math.Min(_earliest, expiresAt);
    }

    private void Expire(long now)
    {
        foreach (var (id, hold) in _holds)
        {
            if (hold.ExpiresAt <= now)
            {
                _holds.Remove(id);
                _held -= hold.Amount;
            }
        }

        _earliest = _holds.Count == 0 ? long.MaxValue : _holds.Values.Min(hold => hold.ExpiresAt);
    }

    private readonly record struct Hold(long Amount, long ExpiresAt, bool IsSettled);
}
