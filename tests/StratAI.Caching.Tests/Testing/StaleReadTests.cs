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

    /// <summary>Carries out reads at once, and answers them when they are released.</summary>
    private sealed class HeldReads(ICacheServer inner) : ICacheServer
    {
        private readonly TaskCompletionSource _held = new();

        public bool Fails { get; set; }

        public void Release() => _held.SetResult();

        public Task<StoredEntry> GetAsync(string key) => inner.GetAsync(key);

        public async Task<RedisResult> RunAsync(string script, string[] records, RedisValue[] values)
        {
            if (Fails)
            {
                throw new TimeoutException();
            }

            var answer = await inner.RunAsync(script, records, values);
            if (script == Scripts.Read)
            {
                await _held.Task;
            }

            return answer;
        }

        public Task SubscribeAsync(Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored) => inner.SubscribeAsync(receive, lost, restored);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
