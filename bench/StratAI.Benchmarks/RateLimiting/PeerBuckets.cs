using System.Threading.RateLimiting;
using RedisRateLimiting;
using StackExchange.Redis;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>The peers' token buckets, as large as <see cref="Limits.Ample"/> and refilled as fast as theirs can be.</summary>
internal static class PeerBuckets
{
    private const int Limit = 70_000_000;

    /// <summary>System.Threading.RateLimiting's: in the process, an object per key.</summary>
    public static RateLimitPartition<string> InProcess(string key) => RateLimitPartition.GetTokenBucketLimiter(
        key,
        static _ => new() { TokenLimit = Limit, TokensPerPeriod = 810, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 });

    /// <summary>RedisRateLimiting's: one script, on the client's clock.</summary>
    public static RedisTokenBucketRateLimiter<string> OnRedis(string key, IConnectionMultiplexer redis) => new(
        key,
        new()
        {
            TokenLimit = Limit,
            TokensPerPeriod = 810,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            ConnectionMultiplexerFactory = () => redis,
        });
}
