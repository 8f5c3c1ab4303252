using Microsoft.Extensions.Logging;

namespace StratAI.Caching.Redis;

/// <param name="Names">The cache's keys.</param>
/// <param name="Timeout">Longest wait for one call.</param>
/// <param name="Retention">How long Redis keeps the record of invalidations after its last use.</param>
/// <param name="LogCapacity">Most tags, and most keys, that record holds.</param>
/// <param name="Staleness">How long L1 is trusted after a confirmation.</param>
/// <param name="Time">The clock of all waits.</param>
/// <param name="Logger">Where the level logs.</param>
/// <param name="FollowsForeignWriters">See <see cref="CachingOptions.FollowForeignWriters"/>.</param>
internal sealed record RedisLevelSettings(
    RedisNames Names, TimeSpan Timeout, TimeSpan Retention, int LogCapacity, TimeSpan Staleness, TimeProvider Time, ILogger Logger,
    bool FollowsForeignWriters = false);
