using StackExchange.Redis;
using Xunit.Abstractions;

namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>A bucket moves from one master of a cluster to another while permits are taken from it.</summary>
public sealed class SlotMoveTests(ClusterFixture cluster, ITestOutputHelper output) : FaultTest(output), IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task A_bucket_that_moves_is_found_again_and_gives_no_more_than_its_limit()
    {
        // One kind: the buckets of a key are in one slot, which moves once.
        var kind = LastingPolicies.Kinds[^1];
        await using var redis = await ConnectionMultiplexer.ConnectAsync(cluster.Redis.Configuration);
        await using var load = StartLoad(cluster.Redis.Configuration, kind);
        await load.TakesAsync(Before);

        var keys = await KeyLife.AllExpireAsync(redis, Prefix);
        var move = await SlotMove.BeginAsync(cluster.Redis, keys[0]!);
        await load.TakesAsync(2 * Before);
        await move.EndAsync();

        await EndsAsync(load);
        Assert.NotEmpty(await KeyLife.AllExpireAsync(redis, Prefix));
    }
}
