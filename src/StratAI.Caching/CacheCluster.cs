using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Testing;

namespace StratAI.Caching;

/// <summary>
/// For tests: any number of caches that share one server in memory, as instances of an application share one Redis, with faults to order. The server runs the
/// protocol of this package, not Redis: it is as coherent and as incoherent as Redis would be, and needs no network. What one node
/// invalidates holds on the others when the call returns, unless a fault prevents it.
/// </summary>
/// <remarks>
/// All time is that of the given clock: lifetimes, timeouts, and the beats that confirm L1. With a clock that a test moves, a call on a node that
/// hangs ends when the clock has moved on by <see cref="CachingOptions.RedisTimeout"/>, and a node whose calls failed tries again after two seconds.
/// </remarks>
public sealed class CacheCluster : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<CacheClusterNode> _nodes = [];
    private readonly List<ServiceProvider> _owned = [];
    private readonly MemoryServer _server;
    private readonly TimeProvider _time;
    private readonly int _logCapacity;

    /// <summary>Makes the server, and caches of its own.</summary>
    /// <param name="nodes">How many caches to make, 0 or more. <c>UseCluster</c> adds those of applications.</param>
    /// <param name="time">The clock of the server and of all nodes; <see langword="null"/>, the default, is the system's. Best one that the test moves.</param>
    /// <param name="configure">Sets the options of the caches made here; <see cref="CachingOptions.Configuration"/> has no effect.</param>
    public CacheCluster(int nodes, TimeProvider? time = null, Action<CachingOptions>? configure = null)
        : this(nodes, time, configure, CacheFactory.RedisLogCapacity)
    {
    }

    internal CacheCluster(int nodes, TimeProvider? time, Action<CachingOptions>? configure, int logCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nodes);
        _time = time ?? TimeProvider.System;
        _server = new(_time);
        _logCapacity = logCapacity;
        for (var i = 0; i < nodes; i++)
        {
            var services = new ServiceCollection();
            services.AddStratAICaching(configure).UseCluster(this);
            var provider = services.BuildServiceProvider();
            _owned.Add(provider);
            provider.GetRequiredService<HybridCache>();
        }
    }

    /// <summary>The nodes, in the order in which they came; first those that the cluster made.</summary>
    public IReadOnlyList<CacheClusterNode> Nodes
    {
        get
        {
            lock (_gate)
            {
                return [.. _nodes];
            }
        }
    }

    internal MemoryServer Server => _server;

    /// <summary>The node of a cache, such as one that an application resolved.</summary>
    /// <param name="cache">A cache of this cluster.</param>
    /// <returns>Its node.</returns>
    /// <exception cref="ArgumentException">The cache is not of this cluster, or disposed.</exception>
    public CacheClusterNode NodeOf(HybridCache cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return Nodes.FirstOrDefault(node => node.Cache == cache) ?? throw new ArgumentException("The cache is not a node of this cluster.", nameof(cache));
    }

    /// <summary>Saves the server's data, to be what a restart without the latest brings back.</summary>
    public void SaveServer() => _server.Save();

    /// <summary>Restarts the server: every connection breaks and comes back at once.</summary>
    /// <param name="keepData">
    /// Whether the server still has all its data; else what <see cref="SaveServer"/> saved last, and nothing where that was never called. Whichever it is, a cache trusts
    /// none of it, as on a real server it cannot know.
    /// </param>
    public void RestartServer(bool keepData) => _server.Restart(keepData);

    /// <summary>Empties the server, as <c>FLUSHALL</c> does. No connection breaks.</summary>
    public void FlushServer() => _server.Change(static data => data.Clear());

    /// <summary>Drops one entry of every cache from the server, as Redis does when it is full. Instances are not told, and L1 keeps it: it is still valid.</summary>
    /// <param name="key">The entry's key.</param>
    public void Evict(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var nodes = Nodes;
        _server.Change(data =>
        {
            foreach (var node in nodes)
            {
                data.Delete(ByteText.Of(node.Names.Of(Records.Entry(key))));
            }
        });
    }

    /// <summary>
    /// Ends when every node whose link works has learnt of every invalidation and has delivered its own: no such node then serves anything that was
    /// invalidated before. The clock need not move.
    /// </summary>
    /// <returns>A task that ends then.</returns>
    public async Task SettleAsync()
    {
        // The first beat delivers what waits for delivery; of what that publishes, the second notices that it is missing and the third drops L1.
        for (var beat = 0; beat < 3; beat++)
        {
            foreach (var node in Nodes)
            {
                await node.BeatAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Disposes the caches that the cluster made; an application's are disposed with it.</summary>
    /// <returns>A task that ends then.</returns>
    public async ValueTask DisposeAsync()
    {
        foreach (var provider in _owned)
        {
            await provider.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal CoherentHybridCache Join(IServiceProvider services, string name, CachingOptions options)
    {
        var names = new RedisNames(options, name);
        var link = new FaultyServer(new MemoryConnection(_server, names, options.MaximumExpiration, _logCapacity));
        var cache = CacheFactory.Create(services, name, options, _time, link);
        var node = new CacheClusterNode(cache, link, names);
        link.Disposed = () => Remove(node);
        lock (_gate)
        {
            _nodes.Add(node);
        }

        return cache;
    }

    private void Remove(CacheClusterNode node)
    {
        lock (_gate)
        {
            _nodes.Remove(node);
        }
    }
}
