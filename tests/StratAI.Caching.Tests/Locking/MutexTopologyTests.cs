using StratAI.Caching.Locking;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Locking;

/// <summary>The mutex behind sentinels and on a Cluster.</summary>
public sealed class MutexTopologyTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly List<MutexNode> _nodes = [];
    private IAsyncDisposable? _servers;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _servers!.DisposeAsync();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_failover_that_lost_nothing_leaves_the_mutex_with_its_holder()
    {
        var sentinels = await StartSentinelsAsync();
        var (one, other) = (await CreateAsync(sentinels.Configuration), await CreateAsync(sentinels.Configuration));
        var held = await one.Mutex.AcquireAsync("name");
        await sentinels.ReplicatedAsync();

        sentinels.Master.Kill();
        await sentinels.FailedOverAsync();

        await Eventually.TrueAsync(async () => await TryAsync(other) is (true, null), "the new master says that it is held");
        Assert.False(held.Lost.IsCancellationRequested);
        await Eventually.TrueAsync(async () => await TryAsync(one) is (true, null), "the holder's instance has found the new master");
        await held.DisposeAsync();
        await using var next = await other.Mutex.AcquireAsync("name", Patience);
        Assert.True(next.FencingToken > held.FencingToken);
        Assert.Equal("", await sentinels.Replica.KeysWithoutExpirationAsync());
    }

    [Fact]
    public async Task A_failover_that_lost_an_acquisition_lets_two_in_and_the_token_tells_them_apart()
    {
        var sentinels = await StartSentinelsAsync();
        var (one, other) = (await CreateAsync(sentinels.Configuration), await CreateAsync(sentinels.Configuration));

        // The replica no longer follows: what the master acknowledges from here on dies with it.
        sentinels.Replica.Stop();
        await sentinels.Master.RunAsync("CLIENT", "KILL", "TYPE", "replica");
        var held = await one.Mutex.AcquireAsync("name");
        sentinels.Master.Kill();
        sentinels.Replica.Continue();
        await sentinels.FailedOverAsync();

        // Long before the lease ends. An attempt that was not answered may hold it for a moment, until it is given back.
        IMutexHandle? second = null;
        await Eventually.TrueAsync(async () => (second = (await TryAsync(other)).Handle) is not null, "the second is let in");
        Assert.True(second!.FencingToken > held.FencingToken);

        // The first is told by its next renewal at the latest, and by its own end takes nothing from the second.
        await held.DisposeAsync();
        await Eventually.TrueAsync(async () => await TryAsync(one) is (true, null), "it is still held");
        await second.DisposeAsync();
    }

    [Fact]
    public async Task On_a_Cluster_names_live_on_different_shards_and_are_handed_over_on_each()
    {
        var cluster = await RedisCluster.StartAsync();
        _servers = cluster;
        var (one, other) = (await CreateAsync(cluster.Configuration), await CreateAsync(cluster.Configuration));
        var owners = new HashSet<RedisProcess>();
        for (var i = 0; i < 24; i++)
        {
            var name = $"name-{i}";
            var held = await one.Mutex.AcquireAsync(name);
            var waiting = other.Mutex.AcquireAsync(name, Patience).AsTask();
            var owner = await cluster.OwnerAsync($"{{topology:{name}}}");
            owners.Add(owner);
            await Eventually.TrueAsync(async () => await owner.RunAsync("ZCARD", $"{{topology:{name}}}:queue") == "1", "the other waits");

            await held.DisposeAsync();
            await using var next = await waiting;
            Assert.True(next.FencingToken > held.FencingToken);
        }

        Assert.Equal(3, owners.Count);
        foreach (var node in cluster.Nodes)
        {
            Assert.Equal("", await node.KeysWithoutExpirationAsync());
        }
    }

    private async Task<RedisSentinels> StartSentinelsAsync()
    {
        var sentinels = await RedisSentinels.StartAsync();
        _servers = sentinels;
        return sentinels;
    }

    private async Task<MutexNode> CreateAsync(string configuration)
    {
        var node = MutexNode.OnRedis("topology", configuration, options => options.RedisTimeout = TimeSpan.FromSeconds(1));
        _nodes.Add(node);
        await Eventually.TrueAsync(async () => (await TryAsync(node, $"probe-{Guid.NewGuid()}")).Answered, "the instance has connected");
        return node;
    }

    private static async Task<(bool Answered, IMutexHandle? Handle)> TryAsync(MutexNode node, string name = "name")
    {
        try
        {
            return (true, await node.Mutex.TryAcquireAsync(name));
        }
        catch (MutexUnavailableException)
        {
            return default;
        }
    }
}
