using StackExchange.Redis;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Redis;

/// <summary>What happens to a whole server, one of each test's own.</summary>
public sealed class ForeignWriterServerTests
{
    private readonly CountingFactory _factory = new();

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("FLUSHDB")]
    public async Task When_the_server_is_emptied_L1_is_too_and_goes_on(string command)
    {
        await using var server = await OwnRedis.StartAsync();
        await using var node = await CreateNodeAsync(server);
        await node.Cache.GetOrCreateAsync("k", _factory.Next);
        await node.ReportedAsync();
        Assert.True(node.HoldsLocally("k"));

        await server.Server.ExecuteAsync(command);

        await Eventually.TrueAsync(() => !node.HoldsLocally("k"), "L1 was dropped");
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        Assert.True(node.TrustsLocal);
    }

    [Fact]
    public async Task An_evicted_entry_leaves_L1()
    {
        await using var server = await OwnRedis.StartAsync("--maxmemory-policy", "allkeys-lru");
        await using var node = await CreateNodeAsync(server);
        var database = server.Multiplexer.GetDatabase();
        for (var i = 0; i < 50; i++)
        {
            await node.Cache.SetAsync($"k{i}", i);
        }

        await node.ReportedAsync();
        Assert.All(Enumerable.Range(0, 50), i => Assert.True(node.HoldsLocally($"k{i}")));
        await server.Server.ConfigSetAsync("maxmemory", "1");
        await Assert.ThrowsAsync<RedisServerException>(() => database.StringSetAsync("pressure", "x"));
        await server.Server.ConfigSetAsync("maxmemory", "0");

        Assert.NotEqual("0", (await server.Server.InfoAsync("stats"))[0].Single(stat => stat.Key == "evicted_keys").Value);
        await Eventually.TrueAsync(() => Enumerable.Range(0, 50).All(i => !node.HoldsLocally($"k{i}")), "what was evicted has left L1");
    }

    [Fact]
    public async Task What_was_changed_while_an_instance_was_cut_off_it_does_not_serve_after()
    {
        await using var server = await OwnRedis.StartAsync();
        await using var proxy = new TcpProxy(server.Endpoint);
        await using var node = await CreateNodeAsync(server, proxy.Endpoint);
        await node.Cache.GetOrCreateAsync("k", _factory.Next);
        await node.ReportedAsync();

        proxy.Cut();
        await server.Multiplexer.GetDatabase().KeyDeleteAsync(Entry("k"));
        await Eventually.TrueAsync(() => !node.HoldsLocally("k"), "L1 was dropped");
        Assert.False(node.TrustsLocal);
        proxy.Restore();

        await node.TrustedAgainAsync();
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task While_reports_are_held_up_L1_is_bypassed_after_the_allowed_staleness()
    {
        await using var server = await OwnRedis.StartAsync();
        await using var proxy = new TcpProxy(server.Endpoint);
        await using var node = await CreateNodeAsync(server, proxy.Endpoint);
        await node.Cache.GetOrCreateAsync("k", _factory.Next);
        proxy.Stall();
        await server.Multiplexer.GetDatabase().KeyDeleteAsync(Entry("k"));

        node.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.False(node.TrustsLocal);
        proxy.Restore();
    }

    [Fact]
    public async Task Where_the_server_refuses_to_track_L1_is_bypassed_and_the_impairment_named()
    {
        await using var server = await OwnRedis.StartAsync();
        await server.Server.ExecuteAsync("ACL", "SETUSER", "default", "-client|tracking");
        await using var node = CreateNode(server);

        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        await Eventually.TrueAsync(
            () => node.Internals.Shared.Impairment?.StartsWith("changes by other writers", StringComparison.Ordinal) == true, "the impairment is named");
        Assert.False(node.TrustsLocal);
        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", _factory.Next));

        // Nobody has told of this. L1 took the entry all the same, for want of anybody to trust it.
        await server.Multiplexer.GetDatabase().KeyDeleteAsync(Entry("k"));
        Assert.True(node.HoldsLocally("k"));
        await server.Server.ExecuteAsync("ACL", "SETUSER", "default", "+client|tracking");
        await node.TrustedAgainAsync();
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task Without_the_option_nothing_is_asked_and_nothing_sent()
    {
        await using var server = await OwnRedis.StartAsync();
        await using var node = CreateNode(server, follow: false);
        await node.TrustedAsync();
        await node.Cache.GetOrCreateAsync("k", _factory.Next);
        node.Time.Advance(TimeSpan.FromSeconds(2));
        await node.TrustedAsync();
        await server.Multiplexer.GetDatabase().KeyDeleteAsync(Entry("k"));

        var commands = (await server.Server.InfoAsync("commandstats"))[0].Select(stat => stat.Key).ToArray();
        Assert.Contains("cmdstat_subscribe", commands);
        Assert.DoesNotContain("cmdstat_client|tracking", commands);
        // The entry and the record of invalidations are all that was written: SET comes from the fill alone.
        Assert.StartsWith("calls=1,", (await server.Server.InfoAsync("commandstats"))[0].Single(stat => stat.Key == "cmdstat_set").Value);
        Assert.True(node.HoldsLocally("k"));
    }

    private static RedisKey Entry(string key) => new StratAI.Caching.Redis.RedisNames(new CachingOptions(), "").Entry(key);

    private static CacheNode CreateNode(OwnRedis server, string? endpoint = null, bool follow = true) =>
        new(options =>
        {
            options.Configuration = $"{endpoint ?? server.Endpoint},asyncTimeout=60000,connectTimeout=500,connectRetry=1";
            options.RedisTimeout = TimeSpan.FromSeconds(5);
            options.FollowForeignWriters = follow;
        });

    private static async Task<CacheNode> CreateNodeAsync(OwnRedis server, string? endpoint = null)
    {
        var node = CreateNode(server, endpoint);
        await node.TrustedAgainAsync();
        return node;
    }
}
