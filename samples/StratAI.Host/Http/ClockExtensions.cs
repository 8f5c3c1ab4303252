namespace StratAI.Host.Http;

internal static class ClockExtensions
{
    /// <summary>Now, cut to the microsecond that the databases keep, so that an answer to POST equals the answer to the GET after it.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => time.GetUtcNow().ToMicroseconds();

    public static DateTimeOffset ToMicroseconds(this DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    /// <summary>
    /// A UUID version 7 whose 12 bits after the millisecond tell its 4096ths (RFC 9562, section 6.2, method 3): what is made later sorts later, so
    /// that lists break ties in the order of creation.
    /// </summary>
    public static Guid NewId(this TimeProvider time)
    {
        var now = time.GetUtcNow();
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
        var fraction = now.Ticks % TimeSpan.TicksPerMillisecond * 4096 / TimeSpan.TicksPerMillisecond;
        (bytes[6], bytes[7]) = ((byte)(0x70 | (fraction >> 8)), (byte)fraction);
        return new(bytes, bigEndian: true);
    }
}
