using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

/// <summary>A factory that began before an invalidation read the data from before it. What it brings must not be cached.</summary>
public abstract class StaleFillContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private readonly Gate<string> _gate = new();

    [Theory]
    [InlineData("remove")]
    [InlineData("set")]
    [InlineData("tag")]
    [InlineData("star")]
    public async Task What_a_factory_made_from_before_an_invalidation_is_not_cached(string how)
    {
        var filling = Cache.GetOrCreateAsync("k", _gate.Run, tags: ["t"]).AsTask();
        await _gate.Begun;
        await InvalidateAsync(how);

        _gate.Open("stale");
        Assert.Equal("stale", await filling);

        var expected = how == "set" ? "set" : "fresh";
        if (Node.Internals.Shared.IsDistributed)
        {
            var passingByL1 = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCache };
            Assert.Equal(expected, await Cache.GetOrCreateAsync("k", Fresh, passingByL1, ["t"]));
        }

        await SettledAsync(Peer, Node);
        Assert.Equal(expected, await Cache.GetOrCreateAsync("k", Fresh, tags: ["t"]));
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("set")]
    [InlineData("tag")]
    [InlineData("star")]
    public async Task A_call_after_an_invalidation_does_not_wait_for_a_factory_from_before_it(string how)
    {
        var filling = Cache.GetOrCreateAsync("k", _gate.Run, tags: ["t"]).AsTask();
        await _gate.Begun;
        await InvalidateAsync(how);
        await SettledAsync(Peer, Node);

        var after = await Cache.GetOrCreateAsync("k", Fresh, tags: ["t"]).AsTask().WaitAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(how == "set" ? "set" : "fresh", after);
        _gate.Open("stale");
        await filling;
        Assert.Equal(after, await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("third"), tags: ["t"]));
    }

    [Fact]
    public async Task An_invalidation_of_something_else_does_not_keep_a_factory_from_being_cached()
    {
        var filling = Cache.GetOrCreateAsync("k", _gate.Run, tags: ["t"]).AsTask();
        await _gate.Begun;
        await Peer.Cache.RemoveAsync("other");
        await Peer.Cache.RemoveByTagAsync("other");

        _gate.Open("good");
        await filling;

        Assert.Equal("good", await Cache.GetOrCreateAsync("k", Fresh));
    }

    [Fact]
    public async Task Under_any_interleaving_the_cache_ends_with_what_the_source_holds()
    {
        var version = 0;
        async ValueTask<int> ReadSource(CancellationToken cancellationToken)
        {
            var read = Volatile.Read(ref version);
            await Task.Yield();
            return read;
        }

        async Task WriteAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Interlocked.Increment(ref version);
                await (i % 3 == 0 ? Peer.Cache.RemoveByTagAsync("t") : Peer.Cache.RemoveAsync("k"));
            }
        }

        async Task ReadAsync(CacheNode node, int times)
        {
            for (var i = 0; i < times; i++)
            {
                var least = node == Peer ? Volatile.Read(ref version) - 1 : 0;
                var value = await node.Cache.GetOrCreateAsync("k", ReadSource, tags: ["t"]);
                Assert.True(value >= least, $"{value} was read where {least} had been invalidated");
                if (i % 8 == 0)
                {
                    await Task.Yield();
                }
            }
        }

        await Task.WhenAll(
            Task.Run(() => WriteAsync(300)), Task.Run(() => ReadAsync(Node, 2000)), Task.Run(() => ReadAsync(Node, 2000)), Task.Run(() => ReadAsync(Peer, 2000)));
        await SettledAsync(Peer, Node);

        Assert.Equal(version, await Node.Cache.GetOrCreateAsync("k", ReadSource, tags: ["t"]));
        Assert.Equal(version, await Peer.Cache.GetOrCreateAsync("k", ReadSource, tags: ["t"]));
    }

    private static ValueTask<string> Fresh(CancellationToken cancellationToken) => new("fresh");

    private ValueTask InvalidateAsync(string how) => how switch
    {
        "remove" => Peer.Cache.RemoveAsync("k"),
        "set" => Peer.Cache.SetAsync("k", "set", tags: ["t"]),
        "tag" => Peer.Cache.RemoveByTagAsync("t"),
        _ => Peer.Cache.RemoveByTagAsync("*"),
    };
}
