using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

/// <summary>Keys that carry their owner.</summary>
public abstract class ScopeContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private static readonly CacheScope[] Scopes =
    [
        CacheScope.Everybody,
        CacheScope.User("1"),
        CacheScope.User("2"),
        CacheScope.Tenant("1"),
        CacheScope.Tenant("1").ForUser("1"),
        CacheScope.Tenant("1").ForUser("2"),
        CacheScope.Tenant("2").ForUser("1"),
    ];

    [Theory]
    [InlineData(1, "1")]
    [InlineData(3, "3 4 5")]
    [InlineData(4, "4")]
    public async Task Evicting_a_scope_removes_exactly_its_entries(int evicted, string removed)
    {
        foreach (var scope in Scopes)
        {
            await Cache.SetAsync(scope.Key("preferences"), "old", tags: ["more"]);
        }

        await Peer.Cache.EvictAsync(Scopes[evicted]);
        await SettledAsync(Peer, Node);

        var missing = new List<int>();
        for (var i = 0; i < Scopes.Length; i++)
        {
            if (await Cache.GetOrCreateAsync(Scopes[i].Key("preferences"), _ => ValueTask.FromResult("new")) == "new")
            {
                missing.Add(i);
            }
        }

        Assert.Equal(removed, string.Join(' ', missing));
    }

    [Fact]
    public async Task Calls_with_a_key_of_a_scope_do_what_those_with_a_string_do()
    {
        var key = CacheScope.User("1").Key("area", "7");

        Assert.Equal(3, await Cache.GetOrCreateAsync(key, 3, (state, _) => ValueTask.FromResult(state), tags: ["more"]));
        Assert.Equal(3, await Cache.GetOrCreateAsync(key.Value, _ => ValueTask.FromResult(4)));
        await Cache.RemoveByTagAsync("more");
        Assert.Equal(4, await Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(4)));
        await Cache.RemoveAsync(key);
        Assert.Equal(5, await Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(5)));
    }

    [Fact]
    public async Task Everybody_cannot_be_evicted() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Cache.EvictAsync(CacheScope.Everybody));
}
