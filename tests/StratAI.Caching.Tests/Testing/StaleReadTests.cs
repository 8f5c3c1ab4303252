using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Testing;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Testing;

/// <summary>Interleavings that the model test found, one by one.</summary>
public sealed class StaleReadTests
{
    private static readonly TimeSpan Bound = new CachingOptions().MaximumStaleness;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(50);

    private static readonly HybridCacheEntryOptions Soft =
        new CacheProfile { Expiration = TimeSpan.FromMinutes(1), FailSafe = TimeSpan.FromHours(1), SoftTimeout = Limit }.ToEntryOptions();

    private static readonly HybridCacheEntryOptions Hard =
        new CacheProfile { Expiration = TimeSpan.FromMinutes(1), FailSafe = TimeSpan.FromHours(1), HardTimeout = Bound }.ToEntryOptions();

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_factory_that_began_longer_ago_than_the_bound_serves_no_new_caller_of_a_node_that_may_have_missed_an_invalidation()
    {
        await using var cluster = new CacheCluster(2, _time);
        await cluster.SettleAsync();
        var (node, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        var gate = new Gate<int>();
        var slow = node.Cache.GetOrCreateAsync("k", gate.Run).AsTask();
        await gate.Begun;
        node.Cut();
        await other.Cache.RemoveAsync("k");
        var joined = node.Cache.GetOrCreateAsync("k", _ => new ValueTask<int>(2)).AsTask();

        _time.Advance(new CachingOptions().MaximumStaleness);
        var later = node.Cache.GetOrCreateAsync("k", _ => new ValueTask<int>(3)).AsTask();
        gate.Open(1);

        var values = await Task.WhenAll(slow, joined, later);
        Assert.Equal([1, 1, 3], values);
    }

    [Fact]
    public async Task An_entry_read_before_a_deferred_invalidation_was_delivered_and_answered_after_it_is_a_miss()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var options = new CachingOptions();
        var server = new HeldReads(new MemoryConnection(new MemoryServer(_time), new RedisNames(options, ""), TimeSpan.FromDays(1), 1000));
        await using var cache = CacheFactory.Create(services, "", options, _time, server);
        var level = (RedisLevel)cache.Shared;
        await level.BeatAsync();
        await cache.SetAsync("k", 1, new() { Flags = HybridCacheEntryFlags.DisableLocalCacheWrite });
        server.Fails = true;
        await cache.RemoveAsync("k");
        server.Fails = false;

        var reading = cache.GetOrCreateManyAsync(
            ["k"], key => key, (keys, _) => new ValueTask<IReadOnlyDictionary<string, int>>(keys.ToDictionary(key => key, _ => 2))).AsTask();
        await level.BeatAsync();
        Assert.False(cache.Local.HasDoubts);
        server.Release();

        Assert.Equal(2, (await reading)["k"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_value_past_its_lifetime_is_served_no_new_caller_of_a_node_that_may_have_missed_an_invalidation(bool many)
    {
        await using var cluster = new CacheCluster(2, _time);
        var node = await MissesAnInvalidationAsync(cluster, Soft);
        var gate = new Gate<int>();
        var before = node.Cache.GetOrCreateAsync("k", gate.Run, Soft).AsTask();
        await gate.Begun;
        _time.Advance(Limit);
        Assert.Equal(1, await before);

        _time.Advance(Bound / 2);
        var after = many
            ? (await node.Cache.GetOrCreateManyAsync(["k"], key => key, (_, _) => new ValueTask<IReadOnlyDictionary<string, int>>(new Dictionary<string, int> { ["k"] = 2 }), Soft))["k"]
            : await node.Cache.GetOrCreateAsync("k", _ => new ValueTask<int>(2), Soft);

        Assert.Equal(2, after);
        gate.Open(3);
    }

    [Fact]
    public async Task Nor_is_it_when_the_hard_timeout_of_such_a_caller_has_passed()
    {
        await using var cluster = new CacheCluster(2, _time);
        var node = await MissesAnInvalidationAsync(cluster, Hard);
        var gate = new Gate<int>();
        var before = node.Cache.GetOrCreateAsync("k", gate.Run, Hard).AsTask();
        await gate.Begun;
        _time.Advance(Bound / 2);
        var after = node.Cache.GetOrCreateAsync("k", _ => new ValueTask<int>(2), Hard).AsTask();

        _time.Advance(Bound / 2);
        Assert.Equal(1, await before);
        _time.Advance(Bound / 2);

        await Assert.ThrowsAsync<TimeoutException>(() => after);
        gate.Open(3);
    }

    [Fact]
    public async Task An_entry_that_was_read_while_L1_was_trusted_is_served_nobody_who_called_when_it_was_not()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var options = new CachingOptions { RedisTimeout = TimeSpan.FromMinutes(1) };
        var memory = new MemoryServer(_time);
        var server = new HeldReads(Connect());
        await using var cache = CacheFactory.Create(services, "", options, _time, server);
        await using var other = CacheFactory.Create(services, "", options, _time, Connect());
        await cache.SetAsync("k", 1, new() { Flags = HybridCacheEntryFlags.DisableLocalCacheWrite }, ["t"]);
        await ((RedisLevel)cache.Shared).BeatAsync();
        server.Fails = true;
        await other.RemoveByTagAsync("t");

        _time.Advance(Bound / 2);
        var before = cache.GetOrCreateAsync("k", _ => new ValueTask<int>(2)).AsTask();
        _time.Advance(Bound / 2);
        var after = cache.GetOrCreateAsync("k", _ => new ValueTask<int>(3)).AsTask();
        server.Release();

        var values = await Task.WhenAll(before, after);
        Assert.Equal([1, 3], values);

        MemoryConnection Connect() => new(memory, new RedisNames(options, ""), TimeSpan.FromDays(1), 1000);
    }

    [Fact]
    public async Task While_reports_of_other_writers_are_not_trusted_callers_share_what_is_read_of_L2()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var options = new CachingOptions { RedisTimeout = TimeSpan.FromMinutes(1) };
        var server = new HeldReads(new MemoryConnection(new MemoryServer(_time), new RedisNames(options, ""), TimeSpan.FromDays(1), 1000));
        await using var cache = CacheFactory.Create(services, "", options, _time, server);
        await cache.SetAsync("k", 1, new() { Flags = HybridCacheEntryFlags.DisableLocalCacheWrite });
        await ((RedisLevel)cache.Shared).BeatAsync();
        cache.Local.TrustReports(long.MinValue);

        var reading = Enumerable.Range(0, 5).Select(_ => cache.GetOrCreateAsync("k", _ => new ValueTask<int>(2)).AsTask()).ToArray();
        server.Release();

        Assert.All(await Task.WhenAll(reading), value => Assert.Equal(1, value));
        Assert.Equal(1, server.Reads);
    }

    /// <summary>A node with 1 under "k", past its lifetime, that has heard of nothing for half of the bound, and not of the removal of "k".</summary>
    private async Task<CacheClusterNode> MissesAnInvalidationAsync(CacheCluster cluster, HybridCacheEntryOptions options)
    {
        await cluster.SettleAsync();
        var node = cluster.Nodes[0];
        await node.Cache.GetOrCreateAsync("k", _ => new ValueTask<int>(1), options);
        _time.Advance(TimeSpan.FromMinutes(2));
        await cluster.SettleAsync();
        node.Cut();
        await cluster.Nodes[1].Cache.RemoveAsync("k");
        _time.Advance(Bound / 2);
        return node;
    }

    /// <summary>Carries out reads at once, and answers them when they are released.</summary>
    private sealed class HeldReads(ICacheServer inner) : ICacheServer
    {
        private readonly TaskCompletionSource _held = new();

        public bool Fails { get; set; }

        public int Reads { get; private set; }

        public void Release() => _held.SetResult();

        public async Task<StoredEntry> GetAsync(string key)
        {
            Reads++;
            var answer = await inner.GetAsync(key);
            await _held.Task;
            return answer;
        }

        public async Task<RedisResult> RunAsync(string script, string[] records, RedisValue[] values)
        {
            if (Fails)
            {
                throw new TimeoutException();
            }

            var answer = await inner.RunAsync(script, records, values);
            if (script == Scripts.Read)
            {
                Reads++;
                await _held.Task;
            }

            return answer;
        }

        public Task SubscribeAsync(Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored) =>
            inner.SubscribeAsync(message => Deliver(message, receive), lost, restored);

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private void Deliver(ReadOnlyMemory<byte> message, Action<ReadOnlyMemory<byte>> receive)
        {
            if (!Fails)
            {
                receive(message);
            }
        }
    }
}
