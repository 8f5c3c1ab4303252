using Microsoft.Extensions.Logging;

namespace StratAI.Caching.Locking.Internal;

internal static partial class CoordinatorLog
{
    [LoggerMessage(60, LogLevel.Warning, "A stored outcome could not be read and counts as not there; do the instances share their data-protection keys?")]
    public static partial void OutcomeUnreadable(this ILogger logger, Exception error);

    [LoggerMessage(61, LogLevel.Warning, "An outcome could not be looked up or kept: others may do the work again")]
    public static partial void OutcomeNotShared(this ILogger logger, Exception error);
}
