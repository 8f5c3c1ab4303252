using Microsoft.Extensions.Logging;

namespace StratAI.Pagination.Internal;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning,
        "PaginationOptions.SigningKey is not set: cursors are protected by a random key of this process; they end with it, and other instances "
        + "refuse them.",
        EventName = "RandomSigningKey")]
    public static partial void RandomSigningKey(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "Table {Table}, order '{Order}': {Detail}. {Remedy}", EventName = "PageIndexFinding")]
    public static partial void PageIndexFinding(ILogger logger, string table, string order, string detail, string remedy);

    [LoggerMessage(3, LogLevel.Debug, "The orders of {Tables} registered lists have their indexes.", EventName = "PageIndexesFound")]
    public static partial void PageIndexesFound(ILogger logger, int tables);

    [LoggerMessage(4, LogLevel.Warning, "The indexes of paged tables could not be checked.", EventName = "PageIndexCheckFailed")]
    public static partial void PageIndexCheckFailed(ILogger logger, Exception exception);
}
