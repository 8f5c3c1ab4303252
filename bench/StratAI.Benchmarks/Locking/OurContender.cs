using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Locking;
using StratAI.Testing;

namespace StratAI.Benchmarks.Locking;

internal sealed class OurContender : IContender
{
    private readonly ServiceProvider _services;
    private readonly IDistributedMutex _mutex;

    public OurContender(string space)
    {
        var services = new ServiceCollection();
        services.AddStratAIMutex(options =>
            (options.Configuration, options.Namespace, options.RedisTimeout) = (TestServers.Redis, space, TimeSpan.FromSeconds(10)));
        _services = services.BuildServiceProvider();
        _mutex = _services.GetRequiredService<IDistributedMutex>();
    }

    public async Task<IAsyncDisposable> AcquireAsync(string name) => await _mutex.AcquireAsync(name);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
