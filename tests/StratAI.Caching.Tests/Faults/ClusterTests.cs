using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Faults;

/// <summary>Redis Cluster, where a cache lives in one slot, and the slot moves.</summary>
public sealed class ClusterTests(ClusterTests.Servers servers) : FaultTest, IClassFixture<ClusterTests.Servers>
{
    private CacheNode _node = null!;
    private CacheNode _other = null!;

    private RedisCluster Redis => servers.Redis;

    private string SlotKey => $"{{{Namespace}:v1}}";

    public override async Task InitializeAsync()
    {
        (_node, _other) = (CreateNode(Redis.Configuration), CreateNode(Redis.Configuration));
        await _node.TrustedAsync();
        await _other.TrustedAsync();
    }

    [Theory]
    [InlineData("set")]
    [InlineData("remove")]
    [InlineData("remove by tag")]
    [InlineData("remove all")]
    public async Task What_one_instance_made_the_other_reads_and_what_it_invalidates_the_other_drops(string call)
    {
        Assert.Equal("one", await ReadAsync(_node, "k", "one"));
        Assert.Equal("one", await ReadAsync(_other, "k", "two"));
        Assert.True(_other.HoldsLocally("k"));

        await CallAsync(_node, call, "k");
        await Eventually.TrueAsync(() => !_other.HoldsLocally("k"), "the other instance has dropped the entry");

        Assert.Equal(call == "set" ? "set" : "made", await ReadAsync(_other, "k", "made"));
        await AssertEveryKeyExpiresAsync();
    }

    [Fact]
    public async Task A_call_that_is_sent_away_while_the_slot_moves_does_not_count_as_one_without_an_answer()
    {
        await _other.Cache.SetAsync("k", "shared");
        var move = await SlotMove.BeginAsync(Redis, SlotKey);
        for (var i = 0; i < 10; i++)
        {
            // As its entry is not there, and might be at the target, it is told to try again.
            await AtOnceAsync(CallAsync(_node, "get", $"miss{i}"));
        }

        Assert.Equal("shared", await ReadAsync(_node, "k", "made"));
        await move.EndAsync();
    }

    [Fact]
    public async Task While_the_slot_moves_no_call_fails_and_what_is_invalidated_meanwhile_is_not_served_after()
    {
        string[] keys = ["before", "half", "moved", "after"];
        foreach (var key in keys)
        {
            await _node.Cache.SetAsync(key, "outdated", tags: ["t"]);
            await _other.CaughtUpWithAsync(_node);
            Assert.Equal("outdated", await ReadAsync(_other, key, "made"));
        }

        var move = await SlotMove.BeginAsync(Redis, SlotKey);
        await DisturbAsync("before");
        await move.MigrateAsync(2);
        await DisturbAsync("half");
        await move.MigrateAsync(100);
        await DisturbAsync("moved");
        await move.EndAsync();
        await DisturbAsync("after");
        await RecoveredAsync(_node, _other);

        foreach (var key in keys)
        {
            await ForgetsAsync(_other, key, "outdated");
            await ForgetsAsync(_node, key, "outdated");
        }

        Assert.Equal("made", await ReadAsync(_node, "new", "made"));
        Assert.Equal("made", await ReadAsync(_other, "new", "not shared"));
        await _node.Cache.RemoveAsync("new");
        await Eventually.TrueAsync(() => !_other.HoldsLocally("new"), "the other instance has dropped the entry");
        await AssertEveryKeyExpiresAsync();
    }

    protected override Task DisposeServersAsync() => Task.CompletedTask;

    private async Task DisturbAsync(string key)
    {
        await InTimeAsync(_node, () => CallAsync(_node, "remove", key));
        await InTimeAsync(_node, () => CallAsync(_node, "get", $"{key} miss"));
        await InTimeAsync(_other, () => CallAsync(_other, "set", $"{key} set"));
    }

    private async Task AssertEveryKeyExpiresAsync()
    {
        foreach (var node in Redis.Nodes)
        {
            Assert.Equal("", await node.KeysWithoutExpirationAsync());
        }
    }

    public sealed class Servers : IAsyncLifetime
    {
        public RedisCluster Redis { get; private set; } = null!;

        public async Task InitializeAsync() => Redis = await RedisCluster.StartAsync();

        public async Task DisposeAsync() => await Redis.DisposeAsync();
    }
}
