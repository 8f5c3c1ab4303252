using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Caching.Tests.Support;

/// <summary>What a contract suite runs against.</summary>
public interface ICacheBackend : IAsyncLifetime
{
    CacheNode CreateNode(Action<CachingOptions>? configure = null, Action<IServiceCollection>? services = null);

    /// <summary>Another instance on the same cache; where there can be none, <paramref name="node"/> itself.</summary>
    CacheNode CreatePeer(CacheNode node);

    /// <summary>Lets time pass, for the node and for what stands behind it.</summary>
    Task PassAsync(CacheNode node, TimeSpan time);

    /// <summary>Waits until what was invalidated on one node holds on the other.</summary>
    Task SettledAsync(CacheNode source, CacheNode target);
}
