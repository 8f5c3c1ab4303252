using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests;

public sealed class JitterTests
{
    private const int Entries = 200;

    private static readonly CacheProfile Jittered = new() { Expiration = TimeSpan.FromSeconds(100), Jitter = 0.4 };

    [Fact]
    public async Task Entries_made_together_expire_one_by_one_within_the_bounds()
    {
        await using var node = new CacheNode(options => options.Default = Jittered);
        for (var i = 0; i < Entries; i++)
        {
            await node.Cache.GetOrCreateAsync($"{i}", _ => ValueTask.FromResult(i));
        }

        Assert.Equal(Entries, HeldAfter(TimeSpan.FromSeconds(59.9)));
        // Half of them, give or take six standard deviations of that many tosses of a coin.
        Assert.InRange(HeldAfter(TimeSpan.FromSeconds(20.1)), 57, 143);
        Assert.Equal(0, HeldAfter(TimeSpan.FromSeconds(20)));

        int HeldAfter(TimeSpan time)
        {
            node.Time.Advance(time);
            return Enumerable.Range(0, Entries).Count(i => node.HoldsLocally($"{i}"));
        }
    }

    [Fact]
    public async Task L2_keeps_an_entry_as_long_as_L1_does()
    {
        var redis = new RedisSpace();
        await redis.InitializeAsync();
        await using (var node = redis.CreateNode(options => options.Default = Jittered))
        {
            await node.TrustedAsync();
            for (var i = 0; i < Entries; i++)
            {
                await node.Cache.SetAsync($"{i}", i);
            }

            node.Time.Advance(TimeSpan.FromSeconds(80));
            var slack = TimeSpan.FromSeconds(10);
            for (var i = 0; i < Entries; i++)
            {
                var left = (await redis.Database.KeyTimeToLiveAsync(redis.Entry($"{i}")))!.Value;
                Assert.InRange(left, TimeSpan.FromSeconds(60) - slack, TimeSpan.FromSeconds(100));
                if (left > TimeSpan.FromSeconds(80))
                {
                    Assert.True(node.HoldsLocally($"{i}"));
                }
                else if (left < TimeSpan.FromSeconds(80) - slack)
                {
                    Assert.False(node.HoldsLocally($"{i}"));
                }
            }
        }

        await redis.DisposeAsync();
    }
}
