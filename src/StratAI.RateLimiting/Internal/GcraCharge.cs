namespace StratAI.RateLimiting.Internal;

/// <summary>How far a request moves a TAT: <c>Micros + Numerator ÷ limit</c> microseconds.</summary>
internal readonly record struct GcraCharge(long Micros, long Numerator);
