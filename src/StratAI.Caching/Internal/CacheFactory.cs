using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StratAI.Caching.Redis;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Internal;

internal static class CacheFactory
{
    /// <summary>Most tags, and most keys, whose invalidation Redis remembers one by one.</summary>
    private const int RedisLogCapacity = 65_536;

    public static CoherentHybridCache Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<CachingOptions>>().Get(name);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var logger = services.GetService<ILoggerFactory>()?.CreateLogger(CachingDiagnostics.MeterName) ?? NullLogger.Instance;
        var connection = RedisConnection.Resolve(services, options.Configuration);
        var local = new LocalLevel(options.LocalCapacity, options.LocalCapacityBytes, connection is null ? 0 : Stamp.Unknown);
        var metrics = new CacheMetrics(services.GetService<IMeterFactory>(), name, local);
        ISharedLevel shared = connection is null
            ? new EmbeddedLevel(local, metrics)
            : new RedisLevel(connection, local, metrics, new(
                new RedisNames(options, name), options.RedisTimeout, options.MaximumExpiration, RedisLogCapacity, options.MaximumStaleness, time, logger,
                options.FollowForeignWriters));
        return new(options, local, shared, new CodecProvider(services, options, logger), metrics, time, logger);
    }
}
