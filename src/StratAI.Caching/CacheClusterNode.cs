using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Testing;

namespace StratAI.Caching;

/// <summary>One instance of a <see cref="CacheCluster"/>, and the faults of its link to the server. All links work at first.</summary>
public sealed class CacheClusterNode
{
    private static readonly HybridCacheEntryOptions Look = new()
    {
        Flags = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableLocalCacheWrite,
    };

    private readonly CoherentHybridCache _cache;
    private readonly FaultyServer _link;

    internal CacheClusterNode(CoherentHybridCache cache, FaultyServer link, RedisNames names) => (_cache, _link, Names) = (cache, link, names);

    /// <summary>The cache.</summary>
    public HybridCache Cache => _cache;

    internal FaultyServer Link => _link;

    internal RedisNames Names { get; }

    internal RedisLevel Level => (RedisLevel)_cache.Shared;

    /// <summary>
    /// What the cache serves for a key at this moment, from L1 or from the server, without a factory and without keeping it. To be compared with the truth
    /// on every node after a change: where that was not followed by an invalidation, one of them has the old value still.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The key.</param>
    /// <returns>The value; the type's default where there is none.</returns>
    public ValueTask<T?> PeekAsync<T>(string key) => _cache.GetOrCreateAsync<T?>(key, static _ => default, Look);

    /// <summary>Cuts the link: calls fail, those that hang too, and messages are lost.</summary>
    public void Cut() => _link.Cut();

    /// <summary>Stalls the link: calls wait where they are, and messages too, until <see cref="Restore"/> lets them reach their ends, or <see cref="Cut"/> ends them.</summary>
    public void Hang() => _link.Hang(answersOnly: false);

    /// <summary>As <see cref="Hang"/>, but calls reach the server and do there what they do; only the answers wait.</summary>
    public void HangAnswers() => _link.Hang(answersOnly: true);

    /// <summary>Makes the link work again. After <see cref="Cut"/>, and after a restart of the server meanwhile, it is a new connection.</summary>
    public void Restore() => _link.Restore();

    /// <summary>Loses every message from now on, while calls go through; until <see cref="DeliverMessages"/>.</summary>
    public void DropMessages() => _link.Fate = () => MessageFate.Lost;

    /// <summary>Holds every message from now on, while calls go through; until <see cref="DeliverMessages"/>.</summary>
    public void HoldMessages() => _link.Fate = () => MessageFate.Late;

    /// <summary>Delivers messages again, first those that were held.</summary>
    /// <param name="order">Shuffles those that were held; <see langword="null"/>, the default, keeps their order.</param>
    public void DeliverMessages(Random? order = null)
    {
        _link.Fate = () => MessageFate.Arrives;
        _link.Release(order);
    }

    /// <summary>Asks the server for what may be missing; nothing while the link does not work.</summary>
    internal Task BeatAsync() => _link.IsUp ? Level.BeatAsync() : Task.CompletedTask;
}
