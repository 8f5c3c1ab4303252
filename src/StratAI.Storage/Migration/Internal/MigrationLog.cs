using Microsoft.Extensions.Logging;

namespace StratAI.Storage.Migration.Internal;

internal static partial class MigrationLog
{
    [LoggerMessage(101, LogLevel.Information, "The migration begins; {Rows} rows wait.", EventName = "MigrationBegins")]
    public static partial void MigrationBegins(this ILogger logger, long rows);

    [LoggerMessage(102, LogLevel.Information, "The migration has ended ({End}): {Done} rows done, {Quarantined} of them set aside.", EventName = "MigrationEnds")]
    public static partial void MigrationEnds(this ILogger logger, MigrationEnd end, long done, long quarantined);

    // The exception itself stays out: those of stores and databases may name keys and values.
    [LoggerMessage(103, LogLevel.Warning, "The migration waits {Pause}: {Cause}", EventName = "MigrationWaits")]
    public static partial void MigrationWaits(this ILogger logger, TimeSpan pause, string cause);
}
