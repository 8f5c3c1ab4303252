using Microsoft.Extensions.Logging;

namespace StratAI.Caching.Internal;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Values of type {Type} cannot be serialised and are not cached; said once per type")]
    public static partial void TypeNotSerializable(this ILogger logger, Exception? error, Type type);

    [LoggerMessage(2, LogLevel.Information, "A value of {Size} bytes was not cached: the limit is {Limit}")]
    public static partial void PayloadTooLarge(this ILogger logger, long size, long limit);

    [LoggerMessage(3, LogLevel.Information, "A call was not cached: its key or tags are blank, malformed, too long or too many")]
    public static partial void NotCacheable(this ILogger logger);

    [LoggerMessage(4, LogLevel.Warning, "An entry in Redis is not a payload of this cache's format and counts as a miss; said once")]
    public static partial void ForeignPayload(this ILogger logger);

    [LoggerMessage(5, LogLevel.Warning, "Redis failed repeatedly ({Operation}); requests go on without it until it answers again")]
    public static partial void BreakerOpened(this ILogger logger, Exception error, string operation);

    [LoggerMessage(6, LogLevel.Information, "Redis answers again")]
    public static partial void BreakerClosed(this ILogger logger);

    [LoggerMessage(7, LogLevel.Debug, "Redis failed ({Operation})")]
    public static partial void RedisFailed(this ILogger logger, Exception error, string operation);

    [LoggerMessage(8, LogLevel.Information, "L1 was dropped: {Reason}")]
    public static partial void LocalFlushed(this ILogger logger, string reason);

    [LoggerMessage(9, LogLevel.Warning, "The connection that carries invalidations was lost; L1 is bypassed once {Staleness} have passed without confirmation")]
    public static partial void LinkLost(this ILogger logger, TimeSpan staleness);

    [LoggerMessage(10, LogLevel.Error, "The loop that keeps L1 coherent failed and goes on")]
    public static partial void LinkFailed(this ILogger logger, Exception error);

    [LoggerMessage(13, LogLevel.Warning, "Redis does not report changes by other writers, L1 is bypassed until it does; said once per outage")]
    public static partial void TrackingFailed(this ILogger logger, Exception error);

    [LoggerMessage(11, LogLevel.Warning, "A factory failed, and a value past its lifetime was served")]
    public static partial void StaleServed(this ILogger logger, Exception error);

    [LoggerMessage(12, LogLevel.Warning, "A factory failed in the background")]
    public static partial void BackgroundFactoryFailed(this ILogger logger, Exception error);

    [LoggerMessage(20, LogLevel.Warning, "Redis failed repeatedly; mutexes are not asked for until it answers again")]
    public static partial void MutexRedisFails(this ILogger logger, Exception error);

    [LoggerMessage(21, LogLevel.Information, "Redis answers again; mutexes are asked for")]
    public static partial void MutexRedisAnswers(this ILogger logger);

    [LoggerMessage(22, LogLevel.Warning, "A mutex was lost while it was held, as its lease was not renewed in time or was taken away")]
    public static partial void MutexLost(this ILogger logger);
}
