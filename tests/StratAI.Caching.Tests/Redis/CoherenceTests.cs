using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Redis;

/// <summary>Two instances on one Redis. Their clocks stand still, so that what arrives can only have come by message.</summary>
public sealed class CoherenceTests : IAsyncLifetime
{
    private readonly RedisSpace _redis = new();
    private readonly CountingFactory _factory = new();
    private CacheNode _one = null!;
    private CacheNode _two = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        (_one, _two) = (_redis.CreateNode(), _redis.CreateNode(clientName: _redis.Namespace));
        await _one.TrustedAsync();
        await _two.TrustedAsync();
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task What_one_instance_made_the_other_reads()
    {
        await _one.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("of one"));

        Assert.Equal("of one", await _two.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("of two")));
        Assert.True(_two.HoldsLocally("k"));
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("set")]
    [InlineData("tag")]
    [InlineData("star")]
    public async Task What_one_instance_invalidates_the_other_no_longer_serves(string how)
    {
        foreach (var node in new[] { _one, _two })
        {
            await node.Cache.GetOrCreateAsync("k", _factory.Next, tags: ["t"]);
            Assert.True(node.HoldsLocally("k"));
        }

        await (how switch
        {
            "remove" => _one.Cache.RemoveAsync("k"),
            "set" => _one.Cache.SetAsync("k", 42),
            "tag" => _one.Cache.RemoveByTagAsync("t"),
            _ => _one.Cache.RemoveByTagAsync("*"),
        });
        await Eventually.TrueAsync(() => !_two.HoldsLocally("k"), "the other instance has dropped the entry");

        Assert.Equal(how == "set" ? 42 : 2, await _two.Cache.GetOrCreateAsync("k", _factory.Next));
        Assert.Equal(how == "set" ? 42 : 2, await _one.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task An_instance_keeps_in_L1_what_it_set_itself()
    {
        await _one.Cache.SetAsync("k", 42);
        await _one.CaughtUpWithAsync(_one);

        Assert.True(_one.HoldsLocally("k"));
    }

    [Fact]
    public async Task An_instance_that_was_not_there_when_a_tag_was_removed_does_not_serve_it()
    {
        await _one.Cache.SetAsync("k", 42, tags: ["t"]);
        await _one.Cache.RemoveByTagAsync("t");
        await using var late = _redis.CreateNode();

        Assert.Equal(1, await late.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task A_call_after_a_tag_was_removed_is_not_given_what_an_earlier_call_read_from_L2()
    {
        using var serializer = new StallingSerializer();
        await using var reader = _redis.CreateNode(services: services => services.AddSingleton<IHybridCacheSerializer<Opaque>>(serializer));
        await reader.TrustedAsync();
        await reader.Cache.SetAsync("k", new Opaque("old"), new() { Flags = HybridCacheEntryFlags.DisableLocalCache }, ["t"]);
        await reader.CaughtUpWithAsync(reader);
        serializer.Stall();

        // Neither call names the tag: only the entry does.
        var before = Task.Run(() => reader.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new Opaque("new"))).AsTask());
        await serializer.Stalled;
        await reader.Cache.RemoveByTagAsync("t");
        var after = reader.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(new Opaque("new"))).AsTask();
        serializer.Resume();

        Assert.Equal("old", (await before).Read());
        Assert.Equal("new", (await after).Read());
    }

    [Fact]
    public async Task A_message_after_a_lost_one_drops_the_whole_of_L1()
    {
        await _two.Cache.SetAsync("k", 42);
        await _two.CaughtUpWithAsync(_two);
        await LoseAnInvalidationAsync("k");
        Assert.True(_two.HoldsLocally("k"));

        await _one.Cache.RemoveAsync("other");
        await _two.CaughtUpWithAsync(_one);

        Assert.False(_two.HoldsLocally("k"));
        Assert.Equal(1, await _two.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task A_lost_message_is_noticed_within_the_allowed_staleness_though_nothing_follows_it()
    {
        await _two.Cache.SetAsync("k", 42);
        await _two.CaughtUpWithAsync(_two);
        await LoseAnInvalidationAsync("k");

        _two.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_two.TrustsLocal && _two.HoldsLocally("k"));
        await Eventually.TrueAsync(
            () =>
            {
                _two.Time.Advance(TimeSpan.FromMilliseconds(50));
                return _two.TrustsLocal;
            },
            "L1 is trusted again");
        Assert.Equal(1, await _two.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task After_its_subscription_was_cut_an_instance_drops_the_whole_of_L1()
    {
        await _two.Cache.SetAsync("k", 42);
        var subscription = (await _redis.Server.ClientListAsync()).Single(client => client.Name == _redis.Namespace && client.SubscriptionCount > 0);

        await _redis.Server.ClientKillAsync(subscription.Id);

        await Eventually.TrueAsync(() => !_two.HoldsLocally("k"), "L1 was dropped");
        await _two.TrustedAsync();
        Assert.Equal(42, await _two.Cache.GetOrCreateAsync("k", _factory.Next));
        await _one.Cache.RemoveAsync("k");
        await Eventually.TrueAsync(() => !_two.HoldsLocally("k"), "messages come again");
    }

    [Fact]
    public async Task A_server_that_lost_history_is_noticed_and_what_was_made_before_is_not_stored()
    {
        var gate = new Gate<int>();
        await _two.Cache.SetAsync("k", 42);
        var filling = _two.Cache.GetOrCreateAsync("filled", gate.Run).AsTask();
        await gate.Begun;

        await _redis.Database.SortedSetDecrementAsync(_redis.State, "s", 1);
        await Eventually.TrueAsync(
            () =>
            {
                _two.Time.Advance(TimeSpan.FromMilliseconds(100));
                return !_two.HoldsLocally("k");
            },
            "L1 was dropped");
        // The numbers go past those from before the loss: they alone no longer tell.
        for (var i = 0; i < 3; i++)
        {
            await _one.Cache.RemoveAsync("other");
        }

        gate.Open(7);

        Assert.Equal(7, await filling);
        Assert.Equal(1, await _two.Cache.GetOrCreateAsync("filled", _factory.Next));
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("set")]
    [InlineData("tag")]
    [InlineData("star")]
    public async Task What_is_invalidated_on_a_server_that_lost_history_is_not_served_by_who_invalidated_it(string how)
    {
        await _one.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(41), tags: ["t"]);
        // As after a restart from an older save, before a beat has noticed: the numbers given out lie below those that L1 holds.
        await _redis.Database.SortedSetDecrementAsync(_redis.State, "s", 10);

        await (how switch
        {
            "remove" => _one.Cache.RemoveAsync("k"),
            "set" => _one.Cache.SetAsync("k", 1, tags: ["t"]),
            "tag" => _one.Cache.RemoveByTagAsync("t"),
            _ => _one.Cache.RemoveByTagAsync("*"),
        });

        Assert.Equal(1, await _one.Cache.GetOrCreateAsync("k", _factory.Next, tags: ["t"]));
        // It is delivered once the loss is noticed, and the instance works in full again.
        await _one.TrustedAgainAsync();
    }

    [Fact]
    public async Task Without_the_record_of_invalidations_no_older_entry_is_served()
    {
        await _one.Cache.SetAsync("k", 42, tags: ["t"]);
        var before = _one.Internals.Local.Now.Sequence;
        await _redis.Database.KeyDeleteAsync(_redis.State);
        await using var late = _redis.CreateNode();

        Assert.Equal(1, await late.Cache.GetOrCreateAsync("k", _factory.Next));
        await late.Cache.RemoveAsync("other");
        Assert.True(late.Internals.Local.Now.Sequence > before);
    }

    [Fact]
    public async Task Caches_of_another_schema_version_see_neither_entries_nor_invalidations()
    {
        await using var next = _redis.CreateNode(options => options.SchemaVersion = 2);
        await next.TrustedAsync();
        await _one.Cache.SetAsync("k", 42);

        Assert.Equal(1, await next.Cache.GetOrCreateAsync("k", _factory.Next));
        await next.Cache.RemoveByTagAsync("*");
        Assert.Equal(42, await _one.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    /// <summary>What a removal does in Redis, but for the message.</summary>
    private async Task LoseAnInvalidationAsync(string key)
    {
        await _redis.Database.SortedSetIncrementAsync(_redis.State, "s", 1);
        await _redis.Database.KeyDeleteAsync(_redis.Entry(key));
    }
}
