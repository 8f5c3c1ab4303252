using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StratAI.Caching.Locking.Redis;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Locking.Internal;

internal static class MutexFactory
{
    public static DistributedMutex Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<MutexOptions>>().Get(name);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var metrics = new MutexMetrics(services.GetService<IMeterFactory>(), name);
        return new(CreateStore(services, name, options, metrics, time), metrics, options.DefaultTimeout, time);
    }

    private static IMutexStore CreateStore(IServiceProvider services, string name, MutexOptions options, MutexMetrics metrics, TimeProvider time)
    {
        if (RedisConnection.Resolve(services, options.Configuration) is not { } connection)
        {
            return new EmbeddedMutexStore(time);
        }

        var logger = services.GetService<ILoggerFactory>()?.CreateLogger(CachingDiagnostics.MeterName) ?? NullLogger.Instance;
        var redis = new RedisMutexStore(connection, new(options.Namespace, name), new(options, metrics, time, logger));
        return options.Outage == MutexOutage.Local ? new FallbackMutexStore(new(time), redis, time) : redis;
    }
}
