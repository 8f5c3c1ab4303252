using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Locking;

namespace StratAI.Caching.Tests.Support;

/// <summary>One instance of an application with the coordinator in it.</summary>
public sealed class CoordinatorNode : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public CoordinatorNode(Action<MutexOptions> configure, TimeProvider? time = null, IDataProtectionProvider? protection = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddStratAICoordinator(configure);
        if (protection is not null)
        {
            services.AddSingleton(protection);
        }

        _services = services.BuildServiceProvider();
        Coordinator = _services.GetRequiredService<IDistributedCoordinator>();
    }

    public IDistributedCoordinator Coordinator { get; }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
