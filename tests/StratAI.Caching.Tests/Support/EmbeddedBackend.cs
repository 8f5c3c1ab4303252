using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Caching.Tests.Support;

/// <summary>The cache that lives in one process.</summary>
public sealed class EmbeddedBackend : ICacheBackend
{
    public CacheNode CreateNode(Action<CachingOptions>? configure, Action<IServiceCollection>? services) => new(configure ?? (_ => { }), services);

    public CacheNode CreatePeer(CacheNode node) => node;

    public Task PassAsync(CacheNode node, TimeSpan time)
    {
        node.Time.Advance(time);
        return Task.CompletedTask;
    }

    public Task SettledAsync(CacheNode source, CacheNode target) => Task.CompletedTask;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.CompletedTask;
}
