namespace StratAI.Caching.Tests.Faults;

/// <summary>The master dies, and the sentinels put its replica in its place.</summary>
public sealed class SentinelTests : FaultTest
{
    private RedisSentinels _redis = null!;

    public override async Task InitializeAsync() => _redis = await RedisSentinels.StartAsync();

    protected override async Task DisposeServersAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task Over_a_failover_no_call_fails_or_waits_and_what_was_invalidated_is_not_served_after_it()
    {
        var (node, other) = (CreateNode(_redis.Configuration), CreateNode(_redis.Configuration));
        await node.TrustedAsync();
        await other.TrustedAsync();
        foreach (var key in new[] { "k", "during", "after" })
        {
            await node.Cache.SetAsync(key, "outdated", tags: ["t"]);
            await other.CaughtUpWithAsync(node);
            Assert.Equal("outdated", await ReadAsync(other, key, "made"));
        }

        await _redis.ReplicatedAsync();
        _redis.Master.Kill();
        foreach (var call in new[] { "get", "set", "remove", "remove many" })
        {
            await InTimeAsync(node, () => CallAsync(node, call, "other"));
        }

        await InTimeAsync(node, () => node.Cache.RemoveAsync("during").AsTask());

        await _redis.FailedOverAsync();

        // One that finds the new master at once.
        var late = CreateNode(_redis.Configuration);
        await late.TrustedAsync();
        await late.Cache.RemoveAsync("after");
        await ForgetsAsync(other, "after", "outdated");
        await ForgetsAsync(node, "after", "outdated");
        await RecoveredAsync(node, other, late);
        await ForgetsAsync(other, "during", "outdated");

        // The new master may have lost the last that the old one was told: what it holds counts as lost.
        Assert.Equal("made", await ReadAsync(other, "k", "made"));

        // Messages flow again: the clocks stand still, so that what arrives has come by one.
        await node.Cache.RemoveByTagAsync("t");
        await Eventually.TrueAsync(() => !other.HoldsLocally("k"), "the other instance has dropped the entry");
        Assert.Equal("", await _redis.Replica.KeysWithoutExpirationAsync());
    }

    [Fact]
    public async Task After_a_failover_L1_is_dropped_though_the_sequence_seems_to_continue()
    {
        var node = CreateNode(_redis.Configuration);
        await node.TrustedAsync();
        await node.Cache.SetAsync("k", "outdated");
        await node.CaughtUpWithAsync(node);
        await _redis.ReplicatedAsync();
        _redis.Master.Kill();
        await _redis.FailedOverAsync();

        // As if the failover had lost some numbers, and others had taken as many since, without the node being told.
        await _redis.Replica.RunAsync("UNLINK", $"{{{Namespace}:v1}}:e:k");
        await Eventually.TrueAsync(
            () =>
            {
                node.Time.Advance(TimeSpan.FromMilliseconds(20));
                return !node.HoldsLocally("k");
            },
            "the node has dropped L1");
        await RecoveredAsync(node);

        Assert.Equal("current", await ReadAsync(node, "k", "current"));
    }

    [Fact]
    public async Task An_instance_that_starts_before_the_sentinels_answer_recovers() => await StartsWithoutAsync(
        _redis.KillSentinelsAsync, _redis.RestartSentinelsAsync);

    [Fact]
    public async Task An_instance_that_starts_before_the_sentinels_know_of_the_master_recovers() => await StartsWithoutAsync(
        _redis.ForgetMasterAsync, _redis.MonitorMasterAsync);

    private async Task StartsWithoutAsync(Func<Task> take, Func<Task> give)
    {
        await take();
        var node = CreateNode(_redis.Configuration);

        for (var i = 0; i < 10; i++)
        {
            var reading = ReadAsync(node, $"k{i}", "made");
            await node.PumpAsync(reading);
            Assert.Equal("made", await reading);
        }

        await give();
        await RecoveredAsync(node);
        // Again, as the client may not have settled on its connections yet, and one that it closes takes a call along.
        await Eventually.TrueAsync(
            async () =>
            {
                await node.Cache.SetAsync("k", "shared");
                return await ReadAsync(node, "k", "made") == "shared";
            },
            "what is set is in Redis");

        Assert.Equal("", await _redis.Master.KeysWithoutExpirationAsync());
    }
}
