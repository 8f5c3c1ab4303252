using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Two instances as <see cref="DistributedHost"/>'s, whose Redis is a cluster of three masters.</summary>
public sealed class ClusterHost : DistributedHost
{
    private RedisCluster _redis = null!;

    protected override string Redis => _redis.Configuration;

    protected override async Task<(HostInstance Host, HostInstance Other)> StartAsync()
    {
        _redis = await RedisCluster.StartAsync();
        return await base.StartAsync();
    }

    protected override async Task StopAsync()
    {
        await base.StopAsync();
        await _redis.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class ClusterShape : ICollectionFixture<ClusterHost>
{
    public const string Name = "cluster";
}
