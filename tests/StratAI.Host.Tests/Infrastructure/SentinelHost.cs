using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>Two instances as <see cref="DistributedHost"/>'s, whose Redis is found by sentinels.</summary>
public sealed class SentinelHost : DistributedHost
{
    private RedisSentinels _redis = null!;

    protected override string Redis => _redis.Configuration;

    protected override async Task<(HostInstance Host, HostInstance Other)> StartAsync()
    {
        _redis = await RedisSentinels.StartAsync();
        return await base.StartAsync();
    }

    protected override async Task StopAsync()
    {
        await base.StopAsync();
        await _redis.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class SentinelShape : ICollectionFixture<SentinelHost>
{
    public const string Name = "sentinel";
}
