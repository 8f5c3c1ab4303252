namespace StratAI.RateLimiting.Internal;

/// <summary>
/// The generic cell rate algorithm for one policy, in exact arithmetic. The state of a bucket is its theoretical arrival time (TAT): the moment at
/// which it is full again. Taking <c>c</c> permits moves the TAT by <c>c × window ÷ limit</c>, and is allowed while the TAT stays within one
/// window of now.
/// </summary>
/// <remarks>
/// <c>window ÷ limit</c> is rarely a whole number of microseconds, so a TAT is whole microseconds and a fraction whose denominator is the limit.
/// That makes all sums exact, and keeps every number the Redis script handles below 2^53, where Lua's doubles are exact.
/// </remarks>
internal sealed class Gcra(long limit, long windowMicros)
{
    public const long MaxLimit = 1_000_000_000_000;
    public static readonly TimeSpan MinWindow = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan MaxWindow = TimeSpan.FromDays(366);

    private readonly GcraCharge _one = Divide(1, limit, windowMicros);

    public long Limit => limit;

    public long WindowMicros => windowMicros;

    /// <summary>
    /// How far <paramref name="cost"/> permits move the TAT. More than the limit counts as one more than the limit: more than a window, so never
    /// allowed. Nothing (0) needs the room of one permit, and takes none.
    /// </summary>
    public GcraCharge Charge(long cost) => cost <= 1 ? _one : Divide(Math.Min(cost, limit + 1), limit, windowMicros);

    /// <summary>The state as it counts at <paramref name="now"/>: a bucket that is full, or was never used, has its TAT at now.</summary>
    public GcraState Normalize(GcraState? stored, long now)
    {
        if (stored is not { } state || state.Micros < now)
        {
            return new(now, 0, limit);
        }

        if (state.Denominator != limit)
        {
            // The limit was changed since: the fraction is rounded up, by less than a microsecond and never in the caller's favour.
            state = new(state.Micros + (state.Numerator > 0 ? 1 : 0), 0, limit);
        }

        // A clock that stepped back, or a window that was shortened, must not keep a key out for longer than an empty bucket would.
        var latest = new GcraState(now + windowMicros, 0, limit);
        return state.IsAfter(latest) ? latest : state;
    }

    /// <summary>The state after the charge, and whether the bucket has room for it.</summary>
    public bool HasRoom(GcraState normalized, GcraCharge charge, long now, out GcraState next)
    {
        next = Advance(normalized, charge);
        return !next.IsAfter(new(now + windowMicros, 0, limit));
    }

    public long Remaining(GcraState normalized, long now)
    {
        var unused = (Int128)(now + windowMicros - normalized.Micros) * limit - normalized.Numerator;
        return (long)(unused / windowMicros);
    }

    /// <summary>Microseconds until the bucket is full, rounded up.</summary>
    public static long ResetMicros(GcraState normalized, long now) => normalized.MicrosRoundedUp - now;

    /// <summary>Microseconds until the bucket has room for the charge, rounded up; <see langword="null"/> if it never has.</summary>
    public long? RetryMicros(GcraState normalized, GcraCharge charge, long now) =>
        charge.Micros > windowMicros || (charge.Micros == windowMicros && charge.Numerator > 0)
            ? null
            : Math.Max(0, Advance(normalized, charge).MicrosRoundedUp - now - windowMicros);

    private static GcraCharge Divide(long cost, long limit, long windowMicros)
    {
        var (micros, numerator) = Int128.DivRem((Int128)cost * windowMicros, limit);
        return new((long)micros, (long)numerator);
    }

    private GcraState Advance(GcraState state, GcraCharge charge)
    {
        var numerator = state.Numerator + charge.Numerator;
        return numerator >= limit
            ? new(state.Micros + charge.Micros + 1, numerator - limit, limit)
            : new(state.Micros + charge.Micros, numerator, limit);
    }
}
