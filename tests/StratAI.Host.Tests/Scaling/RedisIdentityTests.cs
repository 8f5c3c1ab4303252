using StackExchange.Redis;
using StratAI.Host.Features.Scaling;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Scaling;

public sealed class RedisIdentityTests
{
    [Fact]
    public async Task Instances_on_one_Redis_and_prefix_know_each_other_whatever_becomes_of_its_data()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        RedisIdentity one = new(redis, "a", TimeProvider.System), two = new(redis, "a", TimeProvider.System), apart = new(redis, "b", TimeProvider.System);

        var id = await one.ReadAsync();
        Assert.NotNull(id);
        Assert.Equal(id, await two.ReadAsync());
        Assert.NotEqual(id, await apart.ReadAsync());

        await redis.GetServers()[0].FlushAllDatabasesAsync();
        Assert.Equal(id, await two.ReadAsync());
        Assert.Equal(id, await one.ReadAsync());
        Assert.NotNull(await redis.GetDatabase().KeyTimeToLiveAsync("a:deployment"));

        server.Kill();
        Assert.Equal(id, await one.ReadAsync());
    }
}
