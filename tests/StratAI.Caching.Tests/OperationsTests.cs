using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests;

/// <summary>What the instruments tell whoever operates the cache.</summary>
public sealed class OperationsTests : IAsyncLifetime
{
    private readonly RedisSpace _redis = new();
    private readonly CountingFactory _factory = new();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task The_sampler_tells_coherent_hits_from_stale_ones()
    {
        await using var node = _redis.CreateNode(options => options.CoherenceSampling = 1);
        using var measurements = new Measurements(node);
        await node.TrustedAsync();
        await node.Cache.SetAsync("k", 42);
        await node.CaughtUpWithAsync(node);

        Assert.Equal(42, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        await Eventually.TrueAsync(() => measurements.Sum("coherence.samples coherent=true") == 1, "the hit was compared");

        // An invalidation whose message is lost.
        var sequence = await _redis.Database.SortedSetIncrementAsync(_redis.State, "s", 1);
        await _redis.Database.SortedSetAddAsync(_redis.Names.KeyLog, ":k", sequence);
        Assert.Equal(42, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        await Eventually.TrueAsync(() => measurements.Sum("coherence.samples coherent=false") == 1, "the stale hit was noticed");
        Assert.Equal(1, measurements.Sum("coherence.samples coherent=true"));
    }

    [Fact]
    public async Task Without_sampling_no_hit_costs_a_call()
    {
        WatchedServer server = null!;
        await using var node = _redis.CreateNode(services: WatchedServer.In(_redis, created => server = created));
        await node.TrustedAsync();
        await node.Cache.SetAsync("k", 42);
        for (var i = 0; i < 1000; i++)
        {
            await node.Cache.GetOrCreateAsync("k", _factory.Next);
        }

        Assert.Equal((0, 0), (server.Gets, server.Runs(Scripts.Verify)));
    }

    [Fact]
    public async Task The_breaker_is_1_while_it_is_open()
    {
        WatchedServer server = null!;
        await using var node = _redis.CreateNode(services: WatchedServer.In(_redis, created => server = created));
        using var measurements = new Measurements(node);
        await node.TrustedAsync();
        Assert.Equal(0, measurements.Observe("l2.breaker"));

        server.IsGone = true;
        for (var i = 0; i < 5; i++)
        {
            await node.Cache.GetOrCreateAsync($"{i}", _factory.Next);
        }

        Assert.Equal(1, measurements.Observe("l2.breaker"));
        server.IsGone = false;
        node.Time.Advance(TimeSpan.FromSeconds(3));
        await Eventually.TrueAsync(() => measurements.Observe("l2.breaker") == 0, "the breaker is closed");
    }

    [Fact]
    public async Task Entries_that_make_room_are_counted_and_those_that_are_removed_are_not()
    {
        await using var node = new CacheNode(options => options.LocalCapacity = 10);
        using var measurements = new Measurements(node);
        for (var i = 0; i < 5; i++)
        {
            await node.Cache.SetAsync($"{i}", i);
            await node.Cache.RemoveAsync($"{i}");
        }

        Assert.Equal(0, measurements.Observe("local.evictions"));
        for (var i = 0; i < 100; i++)
        {
            await node.Cache.SetAsync($"{i}", i);
        }

        Assert.Equal(100, measurements.Observe("local.evictions") + measurements.Observe("local.entries"));
    }
}
