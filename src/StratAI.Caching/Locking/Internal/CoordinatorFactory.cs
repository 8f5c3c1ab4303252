using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StratAI.Caching.Internal;
using StratAI.Caching.Locking.Redis;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Locking.Internal;

internal static class CoordinatorFactory
{
    public static Coordinator Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<MutexOptions>>().Value;
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var logger = services.GetService<ILoggerFactory>()?.CreateLogger(CachingDiagnostics.MeterName) ?? NullLogger.Instance;
        var caching = services.GetService<IOptions<CachingOptions>>()?.Value ?? new();
        var codec = new OutcomeCodec(new CodecProvider(services, caching, logger), services.GetService<IDataProtectionProvider>(), logger);
        var redis = RedisConnection.Resolve(services, options.Configuration);
        IOutcomeStore store = redis is null ? new EmbeddedOutcomeStore(time) : new RedisOutcomeStore(redis, options, time, logger);
        return new(services.GetRequiredService<IDistributedMutex>(), store, codec, logger);
    }
}
