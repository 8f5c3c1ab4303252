using Microsoft.Extensions.Logging;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <param name="Timeout">Longest wait for one call.</param>
/// <param name="Staleness">How long L1 is trusted after a confirmation.</param>
/// <param name="Lease">How long an instance may be silent before another makes the value it was making.</param>
/// <param name="CompressionThreshold">Bodies of this many bytes or more are compressed; <see langword="null"/>: none.</param>
/// <param name="MaximumPayloadBytes">Most bytes a body has when it is not compressed.</param>
/// <param name="Time">The clock of all waits.</param>
/// <param name="Clock">The clock that entries and trust expire by.</param>
/// <param name="Logger">Where the level logs.</param>
internal sealed record RedisLevelSettings(
    TimeSpan Timeout,
    TimeSpan Staleness,
    TimeSpan Lease,
    int? CompressionThreshold,
    long MaximumPayloadBytes,
    TimeProvider Time,
    CacheClock Clock,
    ILogger Logger);
