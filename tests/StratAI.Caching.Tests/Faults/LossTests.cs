using System.Globalization;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Faults;

/// <summary>Redis stays, and loses what it held.</summary>
public sealed class LossTests : FaultTest
{
    private RedisProcess _redis = null!;
    private CacheNode _node = null!;
    private CacheNode _other = null!;

    public override async Task InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync();
        (_node, _other) = (CreateNode(_redis.Endpoint), CreateNode(_redis.Endpoint));
        await _node.TrustedAsync();
        await _other.TrustedAsync();
        await _node.Cache.SetAsync("k", "outdated", tags: ["t"]);
        await _other.CaughtUpWithAsync(_node);
        Assert.Equal("outdated", await ReadAsync(_other, "k", "made"));
    }

    protected override async Task DisposeServersAsync() => await _redis.DisposeAsync();

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task After_a_flush_of_everything_or_of_the_scripts_every_call_works_at_once(string call)
    {
        foreach (var flush in new[] { "FLUSHALL", "SCRIPT FLUSH" })
        {
            await _redis.RunAsync(flush.Split(' '));
            await AtOnceAsync(CallAsync(_node, call, $"k {flush}"));
            await AtOnceAsync(_node.Cache.SetAsync("shared", flush).AsTask());
            await _other.CaughtUpWithAsync(_node);

            Assert.Equal(flush, await ReadAsync(_other, "shared", "made"));
            Assert.Null(_node.Internals.Shared.Impairment);
        }

        Assert.Equal("", await _redis.KeysWithoutExpirationAsync());
    }

    [Theory]
    [InlineData("set")]
    [InlineData("remove")]
    [InlineData("remove by tag")]
    [InlineData("remove all")]
    public async Task What_is_invalidated_after_a_flush_the_other_instance_lets_go(string call)
    {
        await _redis.RunAsync("FLUSHALL");
        await CallAsync(_node, call, "k");

        await ForgetsAsync(_other, "k", "outdated");
        await ForgetsAsync(_node, "k", "outdated");
    }

    [Fact]
    public async Task A_factory_that_began_before_a_removal_of_which_the_record_is_lost_does_not_store()
    {
        var gate = new Gate<string>();
        var making = _node.Cache.GetOrCreateAsync("made", gate.Run).AsTask();
        await gate.Begun;
        await _other.Cache.RemoveAsync("made");
        await _redis.RunAsync("FLUSHALL");
        gate.Open("outdated");
        Assert.Equal("outdated", await making);

        Assert.Equal("current", await ReadAsync(_other, "made", "current"));
    }

    [Fact]
    public async Task A_server_without_room_for_anything_is_a_server_that_is_away()
    {
        await LimitAsync(1);
        Assert.Equal("0", await _redis.RunAsync("DBSIZE"));
        foreach (var call in CallNames)
        {
            await InTimeAsync(_node, () => CallAsync(_node, call, $"full {call}"));
        }

        await InTimeAsync(_node, () => _node.Cache.RemoveAsync("k").AsTask());
        await LimitAsync(0);
        await RecoveredAsync(_node);

        await ForgetsAsync(_other, "k", "outdated");
        Assert.Equal("", await _redis.KeysWithoutExpirationAsync());
    }

    [Fact]
    public async Task While_entries_and_the_record_of_invalidations_are_evicted_nothing_outdated_is_served()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var used = (await _redis.RunAsync("INFO", "memory")).Split("used_memory:")[1].Split('\r')[0];
        await LimitAsync(long.Parse(used, CultureInfo.InvariantCulture) + 200_000);
        var padding = new string('x', 8_000);
        var versions = new int[40];
        for (var i = 0; i < 400; i++)
        {
            var (key, invalidates) = (random.Next(versions.Length), random.Next(4) == 0);
            var (one, two) = random.Next(2) == 0 ? (_node, _other) : (_other, _node);
            if (invalidates)
            {
                versions[key]++;
                await one.Cache.RemoveAsync($"k{key}");
                await two.CaughtUpWithAsync(one);
            }

            var current = $"{versions[key]}{padding}";
            var read = await ReadAsync(two, $"k{key}", current);
            Assert.True(read == current, $"Seed {seed}: an outdated value was read at step {i}.");
        }

        Assert.NotEqual("evicted_keys:0", (await _redis.RunAsync("INFO", "stats")).Split('\n').First(line => line.StartsWith("evicted_keys", StringComparison.Ordinal)).Trim());
        Assert.Equal("", await _redis.KeysWithoutExpirationAsync());
    }

    private async Task LimitAsync(long bytes)
    {
        await _redis.RunAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", $"{bytes}");
        await _redis.RunAsync("PING");
    }
}
