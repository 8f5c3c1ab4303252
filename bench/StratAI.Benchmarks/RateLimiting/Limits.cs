using StackExchange.Redis;
using StratAI.RateLimiting;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>The policies of the benchmarks, and the settings they share.</summary>
internal static class Limits
{
    public const string User = "user";
    public const string Chat = "chat";
    public const string Tenant = "tenant";
    public const string Key = "0198c0de-7c1a-7000-8000-00000000ada0";

    /// <summary>Room for any run here. A permit is 1,234 microseconds and two sevenths: buckets in use, and with fractions.</summary>
    public static RateLimitPolicy Ample { get; } = new() { PermitLimit = 70_000_000, Window = TimeSpan.FromDays(1) };

    /// <summary>The same as a window, of which permits can be taken in advance.</summary>
    public static RateLimitPolicy Windowed { get; } = Ample with { Algorithm = RateLimitAlgorithm.FixedWindow, PermitLimit = 1_000_000_000 };

    /// <summary>Spent by its first call, for the time of any run here.</summary>
    public static RateLimitPolicy Spent { get; } = new() { PermitLimit = 1, Window = TimeSpan.FromDays(30) };

    /// <summary>On the multiplexer given, else in the process.</summary>
    public static LimiterScope Open(RateLimitPolicy policy, string prefix = "bench", IConnectionMultiplexer? redis = null, TimeSpan denial = default) => new(
        redis,
        options =>
        {
            Configure(options, prefix);
            options.DenialCacheDuration = denial;
            options.AddPolicy(User, policy).AddPolicy(Chat, policy).AddPolicy(Tenant, policy);
        });

    public static void Configure(RateLimitingOptions options, string prefix)
    {
        options.KeyPrefix = prefix;
        options.KeyHashSecret = "a secret for benchmarks";
        // The bare call has no deadline; a busy moment of the machine must not turn a decision into a local one.
        options.RedisTimeout = TimeSpan.FromSeconds(5);
    }
}
