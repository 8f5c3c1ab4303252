namespace StratAI.RateLimiting.Internal;

/// <summary>How far a request moves a TAT: <c>Micros + Numerator ÷ limit</c> microseconds; or, unless it takes, only how much room it asks for.</summary>
internal readonly record struct GcraCharge(long Micros, long Numerator, bool Takes);
