namespace StratAI.Testing.Node;

/// <summary>A clock that is off. Its timestamps run from another origin too.</summary>
internal sealed class SkewedTime(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(offset.TotalSeconds * TimestampFrequency);
}
