using Microsoft.Extensions.Logging.Abstractions;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Tests.Support;

/// <summary>The parts of a cache, for tests of one alone.</summary>
internal static class Levels
{
    /// <summary>An entry that expires at timestamp 1.</summary>
    public static LocalEntry Entry(Stamp stamp, int size = 1) =>
        new(null, new Content(new byte[size], IsNull: false, []), stamp, new Lifetime(1, 1, long.MaxValue));

    public static EntryPolicy Policy(TimeSpan expiration) => EntryPolicy.From(new() { Expiration = expiration }, new CachingOptions());

    public static RedisLevelSettings Settings(TimeSpan staleness) => new(
        TimeSpan.FromSeconds(10), staleness, TimeSpan.FromSeconds(3), null, 1024 * 1024, TimeProvider.System, new CacheClock(TimeProvider.System), NullLogger.Instance);

    public static RedisServer Server(RedisSpace redis, int logCapacity) =>
        new(RedisConnection.For(redis.Database.Multiplexer), redis.Names, TimeSpan.FromDays(1), logCapacity);
}
