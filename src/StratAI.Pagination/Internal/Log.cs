using Microsoft.Extensions.Logging;

namespace StratAI.Pagination.Internal;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning,
        "PaginationOptions.SigningKey is not set: cursors are protected by a random key of this process; they end with it, and other instances "
        + "refuse them.",
        EventName = "RandomSigningKey")]
    public static partial void RandomSigningKey(ILogger logger);
}
