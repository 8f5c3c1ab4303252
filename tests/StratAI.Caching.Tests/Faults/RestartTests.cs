using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Faults;

/// <summary>Redis is killed and comes back: with what it knew, with nothing, or with what it knew long ago.</summary>
public sealed class RestartTests : FaultTest
{
    private RedisProcess _redis = null!;
    private CacheNode _node = null!;
    private CacheNode _other = null!;

    public override async Task InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync("--appendonly", "yes", "--appendfsync", "no");
        await StartNodesAsync();
    }

    protected override async Task DisposeServersAsync() => await _redis.DisposeAsync();

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task While_Redis_is_gone_no_call_waits_longer_than_the_timeout_and_none_once_the_breaker_is_open(string call)
    {
        var node = CreateNode(_redis.Endpoint, options => options.MaximumStaleness = TimeSpan.FromMinutes(5));
        await node.TrustedAsync();
        _redis.Kill();
        for (var i = 0; i < 5; i++)
        {
            await InTimeAsync(node, () => CallAsync(node, call, $"k{i}"));
        }

        for (var i = 5; i < 8; i++)
        {
            await AtOnceAsync(CallAsync(node, call, $"k{i}"));
            node.Time.Advance(TimeSpan.FromSeconds(2));
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_was_invalidated_around_a_restart_is_not_served_after_it(bool keepData, bool noticed)
    {
        foreach (var key in new[] { "k", "during", "after" })
        {
            await _node.Cache.SetAsync(key, "outdated", tags: ["t"]);
        }

        await _other.CaughtUpWithAsync(_node);
        foreach (var key in new[] { "k", "during", "after" })
        {
            Assert.Equal("outdated", await ReadAsync(_other, key, "made"));
        }

        _redis.Kill();
        await InTimeAsync(_node, () => _node.Cache.RemoveAsync("during").AsTask());
        if (noticed)
        {
            await ImpairedAsync(_node, _other);
        }

        await _redis.RestartAsync(keepData);

        // One that starts now is there before the others are back.
        var late = CreateNode(_redis.Endpoint);
        await late.TrustedAsync();
        await late.Cache.RemoveAsync("after");
        await ForgetsAsync(_other, "after", "outdated");
        await ForgetsAsync(_node, "after", "outdated");
        await RecoveredAsync(_node, _other, late);
        await ForgetsAsync(_other, "during", "outdated");

        // With its data or without: nobody can say whether the server still knows of the last invalidations.
        Assert.Equal("made", await ReadAsync(_other, "k", "made"));
        Assert.Equal("made", await ReadAsync(_node, "k", "not shared"));
        Assert.Equal("", await _redis.KeysWithoutExpirationAsync());
    }

    [Fact]
    public async Task A_Redis_that_comes_back_with_an_older_history_does_not_bring_back_what_was_invalidated_since()
    {
        await using var forgetful = await RedisProcess.StartAsync();
        var (node, other) = (CreateNode(forgetful.Endpoint), CreateNode(forgetful.Endpoint));
        await node.TrustedAsync();
        await other.TrustedAsync();
        await node.Cache.SetAsync("k", "outdated");
        await other.CaughtUpWithAsync(node);
        await forgetful.RunAsync("SAVE");
        await node.Cache.RemoveAsync("k");
        await other.CaughtUpWithAsync(node);

        forgetful.Kill();
        await ImpairedAsync(node, other);
        await forgetful.RestartAsync();
        await RecoveredAsync(node, other);

        await ForgetsAsync(node, "k", "outdated");
        await ForgetsAsync(other, "k", "outdated");
        Assert.Equal("", await forgetful.KeysWithoutExpirationAsync());
    }

    private async Task StartNodesAsync()
    {
        (_node, _other) = (CreateNode(_redis.Endpoint), CreateNode(_redis.Endpoint));
        await _node.TrustedAsync();
        await _other.TrustedAsync();
    }
}
