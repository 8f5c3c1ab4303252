using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace StratAI.Caching.Tests.Testing;

/// <summary>The cluster as a user's test sees it.</summary>
public sealed class CacheClusterTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();
    private readonly CacheCluster _cluster;

    public CacheClusterTests() => _cluster = new(3, _time);

    private CacheClusterNode First => _cluster.Nodes[0];

    private CacheClusterNode Second => _cluster.Nodes[1];

    public Task InitializeAsync() => _cluster.SettleAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task What_one_node_stores_the_others_read_and_what_it_removes_they_do_not()
    {
        await First.Cache.SetAsync("k", 1);
        Assert.Equal(1, await ReadAsync(Second, 2));

        await First.Cache.RemoveAsync("k");

        Assert.Equal(3, await ReadAsync(Second, 3));
    }

    [Fact]
    public async Task Peek_tells_what_is_served_and_keeps_nothing()
    {
        await First.Cache.SetAsync("k", 1);
        Assert.Equal(1, await Second.PeekAsync<int>("k"));
        _cluster.Evict("k");

        Assert.Equal(1, await First.PeekAsync<int>("k"));
        Assert.Equal(0, await Second.PeekAsync<int>("k"));
        Assert.Equal(2, await ReadAsync(Second, 2));
    }

    [Theory]
    [InlineData("dropped")]
    [InlineData("held")]
    [InlineData("cut")]
    public async Task A_node_that_misses_an_invalidation_serves_its_L1_until_it_settles(string fault)
    {
        await ReadAsync(Second, 1);
        (fault switch
        {
            "dropped" => (Action)Second.DropMessages,
            "held" => Second.HoldMessages,
            _ => Second.Cut,
        })();
        await First.Cache.RemoveAsync("k");
        Assert.Equal(1, await ReadAsync(Second, 2));

        Second.Restore();
        await _cluster.SettleAsync();

        Assert.Equal(3, await ReadAsync(Second, 3));
    }

    [Fact]
    public async Task A_node_that_misses_an_invalidation_serves_its_L1_no_longer_than_the_bound()
    {
        await ReadAsync(Second, 1);
        Second.Cut();
        await First.Cache.RemoveAsync("k");

        _time.Advance(new CachingOptions().MaximumStaleness);

        Assert.Equal(2, await ReadAsync(Second, 2));
    }

    [Fact]
    public async Task Held_messages_arrive_when_they_are_delivered()
    {
        await ReadAsync(Second, 1);
        Second.HoldMessages();
        await First.Cache.RemoveAsync("other");
        await First.Cache.RemoveAsync("k");

        Second.DeliverMessages(new Random(1));

        Assert.Equal(2, await ReadAsync(Second, 2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_of_a_node_that_hangs_end_with_the_timeout_and_reach_the_server_or_not(bool answersOnly)
    {
        await First.Cache.SetAsync("k", 1);
        (answersOnly ? (Action)Second.HangAnswers : Second.Hang)();
        var removing = Second.Cache.RemoveAsync("k").AsTask();
        Assert.False(removing.IsCompleted);
        Assert.Equal(answersOnly ? 0 : 1, await First.PeekAsync<int>("k"));

        _time.Advance(Timeout);
        await removing;
        Second.Restore();

        await _cluster.SettleAsync();
        Assert.Equal(0, await First.PeekAsync<int>("k"));
    }

    [Fact]
    public async Task An_invalidation_made_on_a_cut_node_is_delivered_when_the_link_works_and_the_cluster_settles()
    {
        await ReadAsync(First, 1);
        Second.Cut();
        for (var i = 0; i < 10; i++)
        {
            // The breaker opens; to settle does not wait for it.
            await Second.Cache.RemoveAsync("k");
        }

        Assert.Equal(1, await ReadAsync(First, 2));

        Second.Restore();
        await _cluster.SettleAsync();

        Assert.Equal(3, await ReadAsync(First, 3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_restarted_server_holds_is_not_trusted_as_it_may_have_been_invalidated(bool keepData)
    {
        await First.Cache.SetAsync("k", 1);
        _cluster.SaveServer();
        await First.Cache.RemoveAsync("k");

        _cluster.RestartServer(keepData);
        await _cluster.SettleAsync();

        Assert.Equal(0, await Second.PeekAsync<int>("k"));
        Assert.Equal(2, await ReadAsync(Second, 2));
        Assert.Equal(2, await First.PeekAsync<int>("k"));
    }

    [Fact]
    public async Task A_flushed_server_makes_every_node_start_over()
    {
        await First.Cache.SetAsync("k", 1);

        _cluster.FlushServer();
        await _cluster.SettleAsync();

        Assert.Equal(0, await First.PeekAsync<int>("k"));
    }

    [Fact]
    public async Task Entries_expire_by_the_cluster_s_clock()
    {
        await First.Cache.SetAsync("k", 1, new() { Expiration = TimeSpan.FromMinutes(1) });

        _time.Advance(TimeSpan.FromMinutes(1));
        await _cluster.SettleAsync();

        Assert.Equal(0, await First.PeekAsync<int>("k"));
    }

    [Fact]
    public async Task Applications_share_a_cluster_and_not_their_other_caches()
    {
        await using var one = CreateApplication();
        await using var other = CreateApplication();
        var (cache, keyed) = (one.GetRequiredService<HybridCache>(), one.GetRequiredKeyedService<HybridCache>("tools"));
        await keyed.SetAsync("k", 1);
        await cache.SetAsync("k", 2);

        Assert.Equal(2, await _cluster.NodeOf(other.GetRequiredService<HybridCache>()).PeekAsync<int>("k"));
        Assert.Equal(1, await _cluster.NodeOf(other.GetRequiredKeyedService<HybridCache>("tools")).PeekAsync<int>("k"));
        Assert.Equal(2, await First.PeekAsync<int>("k"));
        Assert.Equal(7, _cluster.Nodes.Count);
    }

    [Fact]
    public async Task A_node_leaves_with_its_application()
    {
        var application = CreateApplication();
        var cache = application.GetRequiredService<HybridCache>();
        Assert.Same(cache, _cluster.NodeOf(cache).Cache);

        await application.DisposeAsync();

        Assert.Throws<ArgumentException>(() => _cluster.NodeOf(cache));
        Assert.Equal(3, _cluster.Nodes.Count);
    }

    [Fact]
    public async Task A_cluster_in_real_time_works_too()
    {
        await using var cluster = new CacheCluster(2);
        await cluster.SettleAsync();
        await cluster.Nodes[0].Cache.SetAsync("k", 1);

        Assert.Equal(1, await cluster.Nodes[1].PeekAsync<int>("k"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheCluster(-1));
    }

    /// <summary>Registers caches as a program does, and lets a test replace what is behind them.</summary>
    private ServiceProvider CreateApplication()
    {
        var services = new ServiceCollection();
        services.AddStratAICaching(options => options.Configuration = "redis.invalid:6379");
        services.AddKeyedStratAICaching("tools");

        services.AddStratAICaching().UseCluster(_cluster);
        services.AddKeyedStratAICaching("tools").UseCluster(_cluster);
        return services.BuildServiceProvider();
    }

    private static async Task<int> ReadAsync(CacheClusterNode node, int value) => await node.Cache.GetOrCreateAsync("k", _ => new ValueTask<int>(value));
}
