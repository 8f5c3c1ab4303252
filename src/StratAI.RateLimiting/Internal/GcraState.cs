namespace StratAI.RateLimiting.Internal;

/// <summary>
/// A theoretical arrival time of <c>Micros + Numerator ÷ Denominator</c> microseconds, <c>0 ≤ Numerator &lt; Denominator</c>.
/// </summary>
internal readonly record struct GcraState(long Micros, long Numerator, long Denominator)
{
    public long MicrosRoundedUp => Numerator > 0 ? Micros + 1 : Micros;

    /// <summary>Compares two times of the same denominator.</summary>
    public bool IsAfter(GcraState other) => Micros > other.Micros || (Micros == other.Micros && Numerator > other.Numerator);
}
