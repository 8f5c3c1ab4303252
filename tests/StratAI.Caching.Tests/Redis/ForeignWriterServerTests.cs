using System.Net;
using StratAI.Caching.Redis;
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
        await using var server = await RedisProcess.StartAsync();
        await using var node = await CreateNodeAsync(server.Endpoint);
        await node.Cache.GetOrCreateAsync("k", _factory.Next);
        await HoldAsync(node, "k");

        await server.RunAsync(command);

        await Eventually.TrueAsync(() => !node.HoldsLocally("k"), "L1 was dropped");
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        Assert.True(node.TrustsLocal);
    }

    [Fact]
    public async Task An_evicted_entry_leaves_L1()
    {
        await using var server = await RedisProcess.StartAsync("--maxmemory-policy", "allkeys-lru");
        await using var node = await CreateNodeAsync(server.Endpoint);
        for (var i = 0; i < 50; i++)
        {
            await node.Cache.SetAsync($"k{i}", i);
        }

        await HoldAsync(node, [.. Enumerable.Range(0, 50).Select(i => $"k{i}")]);
        await server.RunAsync("CONFIG", "SET", "maxmemory", "1");
        await Assert.ThrowsAsync<IOException>(() => server.RunAsync("SET", "pressure", "x"));
        await server.RunAsync("CONFIG", "SET", "maxmemory", "0");

        await Eventually.TrueAsync(() => Enumerable.Range(0, 50).All(i => !node.HoldsLocally($"k{i}")), "what was evicted has left L1");
    }

    [Fact]
    public async Task What_was_changed_while_an_instance_was_cut_off_it_does_not_serve_after()
    {
        await using var server = await RedisProcess.StartAsync();
        await using var proxy = new TcpProxy(server.Endpoint);
        await using var node = await CreateNodeAsync(proxy.Endpoint);
        await node.Cache.GetOrCreateAsync("k", _factory.Next);
        await HoldAsync(node, "k");

        proxy.Cut();
        await server.RunAsync("DEL", Entry("k"));
        await Eventually.TrueAsync(() => !node.HoldsLocally("k"), "L1 was dropped");
        Assert.False(node.TrustsLocal);
        proxy.Restore();

        await node.TrustedAgainAsync();
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task While_reports_are_held_up_L1_is_bypassed_after_the_allowed_staleness()
    {
        await using var server = await RedisProcess.StartAsync();
        await using var proxy = new TcpProxy(server.Endpoint);
        await using var node = await CreateNodeAsync(proxy.Endpoint);
        await node.Cache.GetOrCreateAsync("k", _factory.Next);
        proxy.Stall();
        await server.RunAsync("DEL", Entry("k"));

        node.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.False(node.TrustsLocal);
        proxy.Restore();
    }

    [Fact]
    public async Task Where_the_server_refuses_to_track_L1_is_bypassed_and_the_impairment_named()
    {
        await using var server = await RedisProcess.StartAsync();
        await server.RunAsync("ACL", "SETUSER", "default", "-client|tracking");
        await using var node = CreateNode(server.Endpoint);

        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        await Eventually.TrueAsync(
            () => node.Internals.Shared.Impairment?.StartsWith("changes by other writers", StringComparison.Ordinal) == true, "the impairment is named");
        Assert.False(node.TrustsLocal);
        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", _factory.Next));

        // Nobody has told of this. L1 took the entry all the same, for want of anybody to trust it.
        await server.RunAsync("DEL", Entry("k"));
        Assert.True(node.HoldsLocally("k"));
        await server.RunAsync("ACL", "SETUSER", "default", "+client|tracking");
        await node.TrustedAgainAsync();
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task On_a_cluster_the_node_that_holds_the_cache_is_followed_also_after_the_slot_has_moved()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var node = await CreateNodeAsync(cluster.Configuration);
        var owner = await cluster.OwnerAsync(Entry("k"));
        await FollowsAsync(node, owner);

        await node.Cache.SetAsync("k", 42);
        var move = await SlotMove.BeginAsync(cluster, Entry("k"));
        await move.EndAsync();
        var next = cluster.Nodes.First(other => other != owner);
        await next.RunAsync("DEL", Entry("k"));

        await Eventually.TrueAsync(() => Passes(node) && !node.HoldsLocally("k"), "the entry has left L1");
        await Eventually.TrueAsync(() => Passes(node) && node.TrustsLocal && PortOf(node) == next.Port, "the slot's new node is followed");
        await FollowsAsync(node, next);
    }

    [Fact]
    public async Task Behind_sentinels_the_new_master_is_followed_after_a_failover()
    {
        await using var topology = await RedisSentinels.StartAsync();
        await using var node = await CreateNodeAsync(topology.Configuration);
        await FollowsAsync(node, topology.Master);

        await node.Cache.SetAsync("k", 42);
        topology.Master.Kill();
        await topology.FailedOverAsync();
        await topology.Replica.RunAsync("DEL", Entry("k"));

        await Eventually.TrueAsync(() => Passes(node) && !node.HoldsLocally("k"), "the entry has left L1");
        await Eventually.TrueAsync(() => Passes(node) && node.TrustsLocal && PortOf(node) == topology.Replica.Port, "the new master is followed");
        await FollowsAsync(node, topology.Replica);
    }

    [Fact]
    public async Task Without_the_option_nothing_is_asked_and_nothing_sent()
    {
        await using var server = await RedisProcess.StartAsync();
        await using var node = CreateNode(server.Endpoint, follow: false);
        await node.TrustedAsync();
        await node.Cache.GetOrCreateAsync("k", _factory.Next);
        node.Time.Advance(TimeSpan.FromSeconds(2));
        await node.TrustedAsync();
        await server.RunAsync("DEL", Entry("k"));

        var commands = await server.RunAsync("INFO", "commandstats");
        Assert.Contains("cmdstat_subscribe:", commands);
        Assert.DoesNotContain("cmdstat_client|tracking:", commands);
        // The fill alone writes a string; there is no canary.
        Assert.Contains("cmdstat_set:calls=1,", commands);
        Assert.True(node.HoldsLocally("k"));
    }

    private static async Task FollowsAsync(CacheNode node, RedisProcess server)
    {
        await node.Cache.SetAsync("followed", 42);
        await HoldAsync(node, "followed");
        await server.RunAsync("DEL", Entry("followed"));
        await Eventually.TrueAsync(() => !node.HoldsLocally("followed"), "L1 has dropped the entry");
    }

    /// <summary>Reads from L2 what the node wrote itself, once its writes were reported to it.</summary>
    private static async Task HoldAsync(CacheNode node, params string[] keys)
    {
        await node.ReportedAsync();
        foreach (var key in keys)
        {
            await node.Cache.GetOrCreateAsync<int>(key, _ => throw new InvalidOperationException("L2 has the entry."));
            Assert.True(node.HoldsLocally(key));
        }
    }

    private static bool Passes(CacheNode node)
    {
        node.Time.Advance(TimeSpan.FromMilliseconds(50));
        return true;
    }

    private static int? PortOf(CacheNode node) =>
        (((RedisLevel)node.Internals.Shared).Foreign!.Tracking?.Server.EndPoint as IPEndPoint)?.Port;

    private static string Entry(string key) => new RedisNames(new CachingOptions(), "").EntryPrefix + key;

    private static CacheNode CreateNode(string configuration, bool follow = true) =>
        new(options =>
        {
            options.Configuration = $"{configuration},asyncTimeout=60000,connectTimeout=2000,connectRetry=1";
            options.RedisTimeout = TimeSpan.FromSeconds(5);
            options.FollowForeignWriters = follow;
        });

    private static async Task<CacheNode> CreateNodeAsync(string configuration)
    {
        var node = CreateNode(configuration);
        await node.TrustedAgainAsync();
        return node;
    }
}
