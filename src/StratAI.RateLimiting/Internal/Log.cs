using Microsoft.Extensions.Logging;

namespace StratAI.RateLimiting.Internal;

internal static partial class Log
{
    [LoggerMessage(
        EventId = 1, EventName = nameof(RedisUnavailable), Level = LogLevel.Warning,
        Message = "Redis gives no answer ({Reason}); every policy now follows its ladder for outages, and Redis is tried again every {Seconds} s.")]
    public static partial void RedisUnavailable(ILogger logger, string reason, double seconds, Exception exception);

    [LoggerMessage(
        EventId = 2, EventName = nameof(RedisRecovered), Level = LogLevel.Information,
        Message = "Redis answers again; limits are shared between instances.")]
    public static partial void RedisRecovered(ILogger logger);

    [LoggerMessage(
        EventId = 3, EventName = nameof(ReloadRefused), Level = LogLevel.Error,
        Message = "The changed configuration of the limits is refused, and the last good one stays: {Reason}")]
    public static partial void ReloadRefused(ILogger logger, string reason);

    [LoggerMessage(
        EventId = 4, EventName = nameof(Reloaded), Level = LogLevel.Information, Message = "The limits were changed; {Count} policies apply from now on.")]
    public static partial void Reloaded(ILogger logger, int count);

    [LoggerMessage(
        EventId = 5, EventName = nameof(SettlementLost), Level = LogLevel.Error,
        Message = "What was used of the limit {Policy} could not be charged for an hour, or too much was waiting to be, and it never will.")]
    public static partial void SettlementLost(ILogger logger, string policy);

    [LoggerMessage(
        EventId = 6, EventName = nameof(BeatFailed), Level = LogLevel.Error, Message = "A beat of the rate limiter failed; the next one tries again.")]
    public static partial void BeatFailed(ILogger logger, Exception exception);
}
