using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StratAI.Caching.Redis;
using StratAI.Caching.Testing;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Internal;

internal static class CacheFactory
{
    /// <summary>Most tags, and most keys, whose invalidation Redis remembers one by one.</summary>
    public const int RedisLogCapacity = 65_536;

    public static CoherentHybridCache Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<CachingOptions>>().Get(name);
        if (services.GetServices<ClusterChoice>().LastOrDefault(choice => choice.Name == name) is { } choice)
        {
            return choice.Cluster.Join(services, name, options);
        }

        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var connection = RedisConnection.Resolve(services, options.Configuration);
        return Create(services, name, options, time, connection is null
            ? null
            : new RedisServer(connection, new RedisNames(options, name), options.MaximumExpiration, RedisLogCapacity));
    }

    /// <param name="services">Where serialisers, loggers and meters come from.</param>
    /// <param name="name">The cache's name.</param>
    /// <param name="options">Its options.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="server">What instances share; <see langword="null"/>: nothing.</param>
    public static CoherentHybridCache Create(
        IServiceProvider services, string name, CachingOptions options, TimeProvider time, ICacheServer? server)
    {
        var clock = new CacheClock(time);
        var logger = services.GetService<ILoggerFactory>()?.CreateLogger(CachingDiagnostics.MeterName) ?? NullLogger.Instance;
        var local = new LocalLevel(options.LocalCapacity, options.LocalCapacityBytes, server is null ? 0 : Stamp.Unknown);
        var metrics = new CacheMetrics(services.GetService<IMeterFactory>(), name, local);
        ISharedLevel shared = server is null
            ? new EmbeddedLevel(local, metrics)
            : new RedisLevel(server, local, metrics, new(
                options.RedisTimeout, options.MaximumStaleness, options.FactoryLease, options.CompressionThreshold, options.MaximumPayloadBytes, time, clock, logger),
                options.FollowForeignWriters ? server as RedisServer : null);
        return new(options, local, shared, new CodecProvider(services, options, logger), metrics, clock, time, logger);
    }
}
