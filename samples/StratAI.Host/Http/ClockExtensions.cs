namespace StratAI.Host.Http;

internal static class ClockExtensions
{
    /// <summary>Now, cut to the microsecond that the databases keep, so that an answer to POST equals the answer to the GET after it.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => time.GetUtcNow().ToMicroseconds();

    public static DateTimeOffset ToMicroseconds(this DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    public static Guid NewId(this TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow());
}
