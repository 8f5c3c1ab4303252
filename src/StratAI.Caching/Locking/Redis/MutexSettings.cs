using Microsoft.Extensions.Logging;
using StratAI.Caching.Locking.Internal;

namespace StratAI.Caching.Locking.Redis;

/// <summary>How long everything lasts.</summary>
internal sealed class MutexSettings(MutexOptions options, MutexMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>The most that clocks, timers and the holder's own reaction may be off, as a part of the lease.</summary>
    private const double Drift = 0.05;

    private static readonly TimeSpan ShortestPlace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPlace = TimeSpan.FromSeconds(3);

    public TimeSpan Lease => options.Lease;

    /// <summary>How long one who waits may be silent before it loses its place.</summary>
    public TimeSpan Place { get; } = Clamp(options.Lease / 10, ShortestPlace, LongestPlace);

    public TimeSpan Timeout => options.RedisTimeout;

    public MutexMetrics Metrics => metrics;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>How much of a span that Redis measures may be relied on here.</summary>
    public static TimeSpan Reliable(TimeSpan span) => span * (1 - Drift);

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
