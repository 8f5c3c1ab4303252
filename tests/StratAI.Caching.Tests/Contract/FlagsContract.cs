using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

public abstract class FlagsContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private readonly CountingFactory _factory = new();

    [Theory]
    [InlineData(HybridCacheEntryFlags.DisableLocalCacheWrite, false)]
    [InlineData(HybridCacheEntryFlags.DisableDistributedCacheWrite, true)]
    [InlineData(HybridCacheEntryFlags.None, true)]
    public async Task Flags_of_a_write_say_whether_L1_takes_it(HybridCacheEntryFlags flags, bool held)
    {
        await Cache.GetOrCreateAsync("made", _factory.Next, new() { Flags = flags });
        await Cache.SetAsync("set", 42, new() { Flags = flags });

        Assert.Equal(held, Node.HoldsLocally("made"));
        Assert.Equal(held, Node.HoldsLocally("set"));
    }

    [Fact]
    public async Task Flags_of_a_read_can_pass_by_both_levels()
    {
        await Cache.SetAsync("k", 42);
        var anew = new HybridCacheEntryOptions
        {
            Flags = HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableDistributedCacheRead,
        };

        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next, anew));
        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task Without_underlying_data_a_miss_is_the_default_and_is_not_cached()
    {
        var only = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

        Assert.Equal(0, await Cache.GetOrCreateAsync("k", _factory.Next, only));
        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next));
        Assert.Equal(1, await Cache.GetOrCreateAsync("k", _factory.Next, only));
    }
}
