using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Caching.Tests.Support;

/// <summary>Two instances on one real Redis.</summary>
public class RedisBackend : ICacheBackend
{
    private readonly RedisSpace _redis = new();

    public CacheNode CreateNode(Action<CachingOptions>? configure, Action<IServiceCollection>? services) => _redis.CreateNode(configure, services: services);

    public virtual CacheNode CreatePeer(CacheNode node) => _redis.CreateNode();

    public async Task PassAsync(CacheNode node, TimeSpan time)
    {
        await _redis.AgeAsync(time);
        node.Time.Advance(time);
        await node.TrustedAsync();
    }

    public Task SettledAsync(CacheNode source, CacheNode target) => target.CaughtUpWithAsync(source);

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();
}

/// <summary>One instance on a real Redis.</summary>
public sealed class LoneRedisBackend : RedisBackend
{
    public override CacheNode CreatePeer(CacheNode node) => node;
}
