using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

/// <summary>What holds for every cache, embedded and distributed. Derived by subject, and each subject by backend.</summary>
public abstract class CacheContract<TBackend> : IAsyncLifetime
    where TBackend : ICacheBackend, new()
{
    private readonly TBackend _backend = new();

    protected CacheNode Node { get; private set; } = null!;

    /// <summary>Another instance on the same cache, or the same one where there can be no other.</summary>
    protected CacheNode Peer { get; private set; } = null!;

    protected HybridCache Cache => Node.Cache;

    public async Task InitializeAsync()
    {
        await _backend.InitializeAsync();
        Node = CreateNode();
        Peer = _backend.CreatePeer(Node);
        await Node.TrustedAsync();
        await Peer.TrustedAsync();
    }

    public async Task DisposeAsync()
    {
        await Peer.DisposeAsync();
        await Node.DisposeAsync();
        await _backend.DisposeAsync();
    }

    protected CacheNode CreateNode(Action<CachingOptions>? configure = null, Action<IServiceCollection>? services = null) =>
        _backend.CreateNode(configure, services);

    protected Task PassAsync(TimeSpan time) => _backend.PassAsync(Node, time);

    protected Task SettledAsync(CacheNode from, CacheNode to) => _backend.SettledAsync(from, to);
}
