using Microsoft.Extensions.Logging;

namespace StratAI.RateLimiting.Internal;

internal static partial class Log
{
    [LoggerMessage(
        EventId = 1, EventName = nameof(RedisUnavailable), Level = LogLevel.Warning,
        Message = "Redis gives no answer ({Reason}); every policy now follows its outage behaviour, and Redis is tried again every {Seconds} s.")]
    public static partial void RedisUnavailable(ILogger logger, string reason, double seconds, Exception exception);

    [LoggerMessage(
        EventId = 2, EventName = nameof(RedisRecovered), Level = LogLevel.Information,
        Message = "Redis answers again; limits are shared between instances.")]
    public static partial void RedisRecovered(ILogger logger);
}
