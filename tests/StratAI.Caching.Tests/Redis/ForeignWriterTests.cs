using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Redis;

/// <summary>
/// Two instances that follow whoever changes their entries. The clocks stand still, so that what L1 drops it drops for a report.
/// </summary>
public sealed class ForeignWriterTests : IAsyncLifetime
{
    private readonly RedisSpace _redis = new();
    private readonly CountingFactory _factory = new();
    private CacheNode _one = null!;
    private CacheNode _two = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        (_one, _two) = (CreateNode("one"), CreateNode("two"));
        await _one.TrustedAgainAsync();
        await _two.TrustedAgainAsync();
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData("del")]
    [InlineData("unlink")]
    [InlineData("set")]
    [InlineData("setrange")]
    [InlineData("rename")]
    [InlineData("multi")]
    [InlineData("script")]
    [InlineData("expire")]
    public async Task A_change_by_another_writer_is_followed_by_the_instance_that_wrote_the_entry_and_by_one_that_read_it(string how)
    {
        await HoldOnBothAsync("k");
        var entry = _redis.Entry("k");

        await (how switch
        {
            "del" => _redis.Database.KeyDeleteAsync(entry),
            "unlink" => _redis.Database.ExecuteAsync("UNLINK", entry),
            "set" => _redis.Database.StringSetAsync(entry, "of another language", TimeSpan.FromMinutes(1)),
            "setrange" => _redis.Database.StringSetRangeAsync(entry, 21, "7"),
            "rename" => _redis.Database.KeyRenameAsync(entry, $"{{{_redis.Namespace}:v1}}:gone"),
            "multi" => MultiAsync(entry),
            "script" => _redis.Database.ScriptEvaluateAsync("return redis.call('DEL', KEYS[1])", [entry]),
            _ => (Task)_redis.Database.KeyExpireAsync(entry, TimeSpan.FromMilliseconds(1)),
        });

        await DroppedAsync(_one, "k");
        await DroppedAsync(_two, "k");
        // The change of the expiry is reported before it takes effect.
        await Eventually.TrueAsync(() => how != "expire" || !_redis.Database.KeyExists(entry), "the entry has expired");
        Assert.Equal(how == "setrange" ? 7 : 2, await _one.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task An_entry_that_Redis_expires_leaves_L1_by_no_clock_but_the_servers()
    {
        await _one.Cache.SetAsync("k", 42, new() { Expiration = TimeSpan.FromSeconds(3) });
        await _one.ReportedAsync();
        Assert.Equal(42, await _one.Cache.GetOrCreateAsync("k", _factory.Next));

        Assert.True(_one.HoldsLocally("k"));
        await DroppedAsync(_one, "k");
    }

    [Fact]
    public async Task What_a_foreign_writer_copies_over_an_entry_is_read()
    {
        await HoldOnBothAsync("k");
        await _one.Cache.SetAsync("other", 42);

        await _redis.Database.ExecuteAsync("COPY", _redis.Entry("other"), _redis.Entry("k"), "REPLACE");

        await DroppedAsync(_one, "k");
        Assert.Equal(42, await _one.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_an_instance_wrote_itself_it_reads_from_L2_once_and_then_holds(bool set)
    {
        await (set ? _one.Cache.SetAsync("k", 42).AsTask() : _one.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(42)).AsTask());
        await _one.ReportedAsync();
        Assert.False(_one.HoldsLocally("k"));

        Assert.Equal(42, await _one.Cache.GetOrCreateAsync("k", _factory.Next));
        await _one.ReportedAsync();
        Assert.True(_one.HoldsLocally("k"));
    }

    [Fact]
    public async Task A_hit_in_L2_from_before_a_reported_change_does_not_enter_L1_after_it()
    {
        using var serializer = new StallingSerializer();
        await using var reader = CreateNode("reader", services => services.AddSingleton<IHybridCacheSerializer<Opaque>>(serializer));
        await reader.TrustedAgainAsync();
        await reader.Cache.SetAsync("k", new Opaque("old"), new() { Flags = HybridCacheEntryFlags.DisableLocalCache });
        await reader.ReportedAsync();
        serializer.Stall();
        var reading = Task.Run(() => reader.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new Opaque("new"))).AsTask());
        await serializer.Stalled;

        await _redis.Database.KeyDeleteAsync(_redis.Entry("k"));
        await reader.ReportedAsync();
        serializer.Resume();

        Assert.Equal("old", (await reading).Read());
        Assert.False(reader.HoldsLocally("k"));
    }

    [Fact]
    public async Task What_was_read_before_a_change_was_reported_is_not_stored_after_it()
    {
        var gate = new Gate<int>();
        await _redis.Database.StringSetAsync(_redis.Entry("k"), "not an entry", TimeSpan.FromMinutes(1));
        await _one.ReportedAsync();
        var filling = _one.Cache.GetOrCreateAsync("k", gate.Run).AsTask();
        await gate.Begun;

        await _redis.Database.KeyDeleteAsync(_redis.Entry("k"));
        await _one.ReportedAsync();
        gate.Open(7);

        Assert.Equal(7, await filling);
        Assert.False(_one.HoldsLocally("k"));
        Assert.False(await _redis.Database.KeyExistsAsync(_redis.Entry("k")));
    }

    [Fact]
    public async Task Who_calls_after_the_report_does_not_join_the_flight_from_before()
    {
        var gate = new Gate<int>();
        await _redis.Database.StringSetAsync(_redis.Entry("k"), "not an entry", TimeSpan.FromMinutes(1));
        await _one.ReportedAsync();
        var before = _one.Cache.GetOrCreateAsync("k", gate.Run).AsTask();
        await gate.Begun;
        await _redis.Database.KeyDeleteAsync(_redis.Entry("k"));
        await _one.ReportedAsync();

        Assert.Equal(1, await _one.Cache.GetOrCreateAsync("k", _factory.Next).AsTask().WaitAsync(TimeSpan.FromSeconds(15)));
        gate.Open(7);
        Assert.Equal(7, await before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_either_tracking_connection_is_killed_L1_is_dropped_and_tracking_begins_anew(bool subscription)
    {
        await HoldOnBothAsync("k");
        var client = await TrackingClientAsync("two", subscription);

        await _redis.Server.ClientKillAsync(client.Id);

        await Eventually.TrueAsync(() => !_two.HoldsLocally("k"), "L1 was dropped");
        Assert.True(_one.HoldsLocally("k"));
        await _two.TrustedAgainAsync();
        await HoldOnBothAsync("other");
        await _redis.Database.KeyDeleteAsync(_redis.Entry("other"));
        await DroppedAsync(_two, "other");
    }

    [Fact]
    public async Task A_setting_the_server_forgot_while_both_connections_stay_is_noticed_by_the_canary()
    {
        await HoldOnBothAsync("k");
        // As after a redirection was broken: the connections are well, and reports do not come.
        await ((RedisLevel)_two.Internals.Shared).Foreign!.Tracking!.Server.ExecuteAsync("CLIENT", "TRACKING", "OFF");
        await _redis.Database.KeyDeleteAsync(_redis.Entry("k"));
        await _one.ReportedAsync();
        Assert.True(_two.HoldsLocally("k"));

        _two.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_two.TrustsLocal && _two.HoldsLocally("k"));
        await _two.TrustedAgainAsync();
        Assert.Equal(2, await _two.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    private CacheNode CreateNode(string name, Action<IServiceCollection>? services = null) =>
        _redis.CreateNode(options => options.FollowForeignWriters = true, clientName: $"{_redis.Namespace}-{name}", services: services);

    private async Task HoldOnBothAsync(string key)
    {
        await _one.Cache.GetOrCreateAsync(key, _factory.Next);
        await _one.ReportedAsync();
        await _two.ReportedAsync();
        foreach (var node in new[] { _one, _two })
        {
            await node.Cache.GetOrCreateAsync(key, _factory.Next);
        }

        Assert.True(_one.HoldsLocally(key) && _two.HoldsLocally(key));
    }

    private async Task MultiAsync(RedisKey entry)
    {
        var transaction = _redis.Database.CreateTransaction();
        _ = transaction.StringSetAsync(entry, "x", TimeSpan.FromMinutes(1));
        _ = transaction.KeyDeleteAsync(entry);
        Assert.True(await transaction.ExecuteAsync());
    }

    private async Task<ClientInfo> TrackingClientAsync(string node, bool subscription) =>
        (await _redis.Server.ClientListAsync()).Single(client =>
            client.Name!.StartsWith($"{_redis.Namespace}-{node}-tracking-", StringComparison.Ordinal) && client.SubscriptionCount > 0 == subscription);

    private static Task DroppedAsync(CacheNode node, string key) => Eventually.TrueAsync(() => !node.HoldsLocally(key), "L1 has dropped the entry");
}
