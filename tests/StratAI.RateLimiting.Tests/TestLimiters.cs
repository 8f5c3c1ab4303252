using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.RateLimiting.Redis;
using StratAI.Shared.Redis;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>Builds limiters without a container, so that a test can hold the clock.</summary>
internal static class TestLimiters
{
    private static readonly Lazy<Task<ConnectionMultiplexer>> Connecting = new(() => ConnectionMultiplexer.ConnectAsync(TestServers.Redis));

    /// <summary>Ahead of the server's clock: Redis drops keys by its own clock, and must not do so while a test's clock still counts on them.</summary>
    public static DateTimeOffset Epoch { get; } = TimeProvider.System.GetUtcNow().AddHours(1);

    public static Task<ConnectionMultiplexer> Redis => Connecting.Value;

    public static string NewPrefix() => $"test-{Guid.CreateVersion7():n}";

    public static IMeterFactory NewMeters() => new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static RateLimiters Embedded(TimeProvider clock, Action<RateLimitingOptions> configure, IMeterFactory? meters = null) =>
        Create(Options(configure), clock, null, meters);

    /// <summary>On Redis, with the script's clock given by <paramref name="clock"/> and a key prefix of its own unless configured.</summary>
    public static Task<RateLimiters> OnRedisAsync(TimeProvider clock, Action<RateLimitingOptions> configure) => OnRedisAsync(clock, configure, meters: null);

    /// <inheritdoc cref="OnRedisAsync(TimeProvider, Action{RateLimitingOptions})"/>
    public static async Task<RateLimiters> OnRedisAsync(TimeProvider clock, Action<RateLimitingOptions> configure, IMeterFactory? meters)
    {
        var options = Options(configure);
        // A machine busy with other tests must not make a decision degraded; the deadline has tests of its own.
        options.RedisTimeout = TimeSpan.FromSeconds(10);
        var connection = RedisConnection.For(await Redis);
        return Create(options, clock, new(connection, options, TimeProvider.System, () => Micros(clock)), meters);
    }

    public static RateLimiters Create(RateLimitingOptions options, TimeProvider clock, RedisLimitStore? redis, IMeterFactory? meters = null) =>
        new(
            options, new PolicySet("", options, factory: null, sources: [], NullLogger.Instance), clock, new(meters ?? NewMeters()),
            NullLogger<RateLimiters>.Instance, redis);

    public static RateLimitingOptions Options(Action<RateLimitingOptions> configure)
    {
        var options = new RateLimitingOptions { KeyPrefix = NewPrefix() };
        configure(options);
        return options;
    }

    public static long Micros(TimeProvider clock) => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
