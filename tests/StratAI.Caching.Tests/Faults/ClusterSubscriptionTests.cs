using System.Globalization;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Faults;

/// <summary>On Cluster the client subscribes at any node, which may die while the node of the cache lives.</summary>
public sealed class ClusterSubscriptionTests : FaultTest
{
    private RedisCluster _redis = null!;

    public override async Task InitializeAsync() => _redis = await RedisCluster.StartAsync();

    protected override async Task DisposeServersAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task When_the_node_of_the_subscription_dies_nothing_outdated_is_served_and_messages_come_by_another()
    {
        var writer = CreateNode(_redis.Configuration);
        await writer.TrustedAsync();
        var (reader, subscribedAt) = await SubscribeElsewhereAsync();
        await writer.Cache.SetAsync("k", "outdated");
        await reader.CaughtUpWithAsync(writer);
        Assert.Equal("outdated", await ReadAsync(reader, "k", "made"));

        var subscribers = await SubscribersAsync();
        subscribedAt.Kill();
        await InTimeAsync(writer, () => writer.Cache.RemoveAsync("k").AsTask());
        await RecoveredAsync(writer);
        await ForgetsAsync(reader, "k", "outdated");
        await RecoveredAsync(writer, reader);

        // How soon is the client library's affair; until then beats find what is missing.
        await Eventually.TrueAsync(
            async () => await SubscribersAsync() == subscribers, "the subscriptions are at nodes that live", TimeSpan.FromMinutes(1));
        Assert.Equal("current", await ReadAsync(reader, "k", "made"));
        await writer.Cache.RemoveAsync("k");
        await Eventually.TrueAsync(() => !reader.HoldsLocally("k"), "the reader has dropped the entry");
    }

    /// <summary>An instance whose subscription is not at the node that serves the cache's slot.</summary>
    private async Task<(CacheNode Node, RedisProcess SubscribedAt)> SubscribeElsewhereAsync()
    {
        var owner = await _redis.OwnerAsync($"{{{Namespace}:v1}}");
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var before = new Dictionary<RedisProcess, int>();
            foreach (var server in _redis.Nodes)
            {
                before[server] = await SubscribersAsync(server);
            }

            var node = CreateNode(_redis.Configuration);
            await node.TrustedAsync();
            foreach (var server in _redis.Nodes.Where(server => server != owner))
            {
                if (await SubscribersAsync(server) > before[server])
                {
                    return (node, server);
                }
            }
        }

        throw new InvalidOperationException("Every subscription went to the node of the cache.");
    }

    private async Task<int> SubscribersAsync()
    {
        var subscribers = 0;
        foreach (var server in _redis.Nodes.Where(server => server.IsRunning))
        {
            subscribers += await SubscribersAsync(server);
        }

        return subscribers;
    }

    private async Task<int> SubscribersAsync(RedisProcess server)
    {
        var answer = await server.RunAsync("PUBSUB", "NUMSUB", $"{{{Namespace}:v1}}:invalidations:0");
        return int.Parse(answer.Split('\n')[^1], CultureInfo.InvariantCulture);
    }
}
