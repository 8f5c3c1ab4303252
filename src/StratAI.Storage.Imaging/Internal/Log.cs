using Microsoft.Extensions.Logging;

namespace StratAI.Storage.Imaging.Internal;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "libvips could not be loaded, so images are not processed: reference NetVips.Native, or install libvips.", EventName = "LibraryMissing")]
    public static partial void LibraryMissing(this ILogger logger);
}
