namespace StratAI.RateLimiting.Internal;

/// <summary>A token bucket: see <see cref="Gcra"/>.</summary>
internal sealed class TokenBucket() : Bucket("g")
{
    private GcraState? _kept;
    private GcraState _state;

    public override long IdleAt => _kept?.MicrosRoundedUp ?? 0;

    public override bool HasRoom(in LimitRequest request, long now)
    {
        var gcra = request.Rules.Gcra!;
        _state = gcra.Normalize(_kept, now);
        _kept = request.IsPeek ? _kept : _state;
        return gcra.HasRoom(_state, gcra.Charge(request.Cost), now, out _);
    }

    public override long Take(in LimitRequest request, long now)
    {
        var gcra = request.Rules.Gcra!;
        if (request.Cost > 0)
        {
            gcra.HasRoom(_state, gcra.Charge(request.Cost), now, out _state);
            _kept = _state;
        }

        return request.Cost;
    }

    public override BucketView View(in LimitRequest request, long now, bool hadRoom, long taken) =>
        View(request, _state, now, hadRoom, taken);

    public static BucketView View(in LimitRequest request, GcraState state, long now, bool hadRoom, long taken)
    {
        var gcra = request.Rules.Gcra!;
        return new(
            now,
            gcra.Remaining(state, now),
            Gcra.ResetMicros(state, now),
            hadRoom ? BucketView.HasRoom : gcra.RetryMicros(state, gcra.Charge(request.Cost), now) ?? BucketView.Never,
            taken);
    }
}
