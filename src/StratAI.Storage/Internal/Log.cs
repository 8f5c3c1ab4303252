using Microsoft.Extensions.Logging;

namespace StratAI.Storage.Internal;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Removed {Count} temporary files that a stopped process left behind.", EventName = "TemporaryFilesSwept")]
    public static partial void TemporaryFilesSwept(this ILogger logger, int count);

    [LoggerMessage(2, LogLevel.Information, "Made the bucket, which was missing.", EventName = "BucketCreated")]
    public static partial void BucketCreated(this ILogger logger);

    // The exception itself stays out: those of the file system name the path, and that the key.
    [LoggerMessage(3, LogLevel.Warning, "The object store failed at {Operation} ({Failure}, {Cause}): {Reason}", EventName = "OperationFailed")]
    public static partial void OperationFailed(this ILogger logger, string operation, ObjectStoreFailure failure, string? cause, string reason);

    [LoggerMessage(4, LogLevel.Information, "Made a signing key for URLs and kept it in the store's folder.", EventName = "SigningKeyCreated")]
    public static partial void SigningKeyCreated(this ILogger logger);

    // A scanner is told no name and no key, so its exception has none.
    [LoggerMessage(5, LogLevel.Error, "The upload scanner {Scanner} failed ({Reason}), so an upload was not taken.", EventName = "ScanFailed")]
    public static partial void ScanFailed(this ILogger logger, string scanner, string reason, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "The S3 server failed {Failures} times in a row and is tried only every {Pause} until it answers.", EventName = "BreakerOpened")]
    public static partial void BreakerOpened(this ILogger logger, int failures, TimeSpan pause);

    [LoggerMessage(7, LogLevel.Information, "The S3 server answers again.", EventName = "BreakerClosed")]
    public static partial void BreakerClosed(this ILogger logger);

    [LoggerMessage(8, LogLevel.Warning, "The clock of the S3 server is {Offset} ahead of this machine's. Requests are signed by the server's from now on; set this one right.", EventName = "ClockCorrected")]
    public static partial void ClockCorrected(this ILogger logger, TimeSpan offset);
    [LoggerMessage(9, LogLevel.Warning, "The mirror did not follow a {Operation} ({Failure}): {Reason} Copy what is missing to make up for it.", EventName = "MirrorFailed")]
    public static partial void MirrorFailed(this ILogger logger, string operation, ObjectStoreFailure failure, string reason);
}
