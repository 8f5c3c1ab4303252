using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace StratAI.Caching.Locking.Internal;

internal static class MutexFactory
{
    public static DistributedMutex Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<MutexOptions>>().Get(name);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var metrics = new MutexMetrics(services.GetService<IMeterFactory>(), name);
        return new(new EmbeddedMutexStore(time), metrics, options.DefaultTimeout, time);
    }
}
