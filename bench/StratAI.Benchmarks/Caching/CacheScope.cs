using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Benchmarks.Caching;

/// <summary>A cache in a container of its own, and so with an L1 and a connection of its own.</summary>
internal sealed class CacheScope<T> : IAsyncDisposable
    where T : notnull
{
    private readonly ServiceProvider _services;

    public CacheScope(Action<IServiceCollection> register)
    {
        var services = new ServiceCollection();
        register(services);
        _services = services.BuildServiceProvider();
        Cache = _services.GetRequiredService<T>();
    }

    public T Cache { get; }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
