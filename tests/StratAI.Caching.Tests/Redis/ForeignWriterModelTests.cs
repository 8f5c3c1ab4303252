using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Tests.Support;
using Xunit.Abstractions;

namespace StratAI.Caching.Tests.Redis;

/// <summary>Two instances and a foreign writer at once: when they rest, what L1 holds is what L2 holds.</summary>
public sealed class ForeignWriterModelTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Rounds = 20;
    private const int WritersPerParty = 4;
    private const int StepsPerWriter = 25;
    private static readonly string[] Keys = [.. Enumerable.Range(0, 5).Select(i => $"k{i}")];

    private readonly RedisSpace _redis = new();
    private int _values;
    private int _compared;

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Whatever_the_order_at_rest_L1_holds_nothing_but_what_L2_holds()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        await using var one = _redis.CreateNode(options => options.FollowForeignWriters = true);
        await using var two = _redis.CreateNode(options => options.FollowForeignWriters = true);
        CacheNode[] nodes = [one, two];
        foreach (var node in nodes)
        {
            await node.TrustedAgainAsync();
        }

        for (var round = 0; round < Rounds; round++)
        {
            var randoms = Enumerable.Range(0, WritersPerParty * 3).Select(writer => new Random(HashCode.Combine(seed, round, writer))).ToArray();
            await Task.WhenAll(randoms.Select((random, writer) => Task.Run(() => WriteAsync(random, writer % 3 < 2 ? nodes[writer % 3] : null))));
            foreach (var node in nodes)
            {
                await node.ReportedAsync();
                await CompareAsync(node);
            }
        }

        Assert.NotEqual(0, _compared);
        output.WriteLine($"{_compared} entries compared");
    }

    private async Task WriteAsync(Random random, CacheNode? node)
    {
        for (var step = 0; step < StepsPerWriter; step++)
        {
            var key = Keys[random.Next(Keys.Length)];
            var dice = random.Next(10);
            await (node is null ? WriteAsForeignerAsync(key, dice) : WriteAsync(node, key, dice));
        }
    }

    private Task WriteAsForeignerAsync(string key, int dice) => dice switch
    {
        < 6 => _redis.Database.KeyDeleteAsync(_redis.Entry(key)),
        < 8 => _redis.Database.StringSetAsync(_redis.Entry(key), "not an entry", TimeSpan.FromMinutes(1)),
        _ => _redis.Database.ExecuteAsync("COPY", _redis.Entry(Keys.First(other => other != key)), _redis.Entry(key), "REPLACE"),
    };

    private Task WriteAsync(CacheNode node, string key, int dice) => dice switch
    {
        < 7 => node.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(Interlocked.Increment(ref _values))).AsTask(),
        < 9 => node.Cache.SetAsync(key, Interlocked.Increment(ref _values)).AsTask(),
        _ => node.Cache.RemoveAsync(key).AsTask(),
    };

    private async Task CompareAsync(CacheNode node)
    {
        foreach (var key in Keys)
        {
            var held = await ReadAsync(node, key, HybridCacheEntryFlags.DisableDistributedCache);
            if (held != 0)
            {
                _compared++;
                Assert.Equal(await ReadAsync(node, key, HybridCacheEntryFlags.DisableLocalCache), held);
            }
        }
    }

    private static ValueTask<int> ReadAsync(CacheNode node, string key, HybridCacheEntryFlags without) =>
        node.Cache.GetOrCreateAsync(
            key, _ => ValueTask.FromResult(0), new() { Flags = without | HybridCacheEntryFlags.DisableUnderlyingData });
}
