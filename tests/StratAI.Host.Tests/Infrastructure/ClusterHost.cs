using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Redis is a cluster of three masters.</summary>
public sealed class ClusterHost() : OwnRedisHost<RedisCluster>(() => RedisCluster.StartAsync(), redis => redis.Configuration);

[CollectionDefinition(Name)]
public sealed class ClusterShape : ICollectionFixture<ClusterHost>
{
    public const string Name = "cluster";
}
