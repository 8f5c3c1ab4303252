using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Redis is found by sentinels.</summary>
public sealed class SentinelHost() : OwnRedisHost<RedisSentinels>(() => RedisSentinels.StartAsync(), redis => redis.Configuration);

[CollectionDefinition(Name)]
public sealed class SentinelShape : ICollectionFixture<SentinelHost>
{
    public const string Name = "sentinel";
}
