using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Redis;

/// <summary>What instances ask Redis for many keys, and for an entry that one of them makes for all.</summary>
public sealed class RoundTripTests : IAsyncLifetime
{
    private static readonly HybridCacheEntryOptions Eager =
        new CacheProfile { Expiration = TimeSpan.FromMinutes(10), EagerRefresh = 0.8, Expensive = true }.ToEntryOptions();

    private readonly RedisSpace _redis = new();
    private readonly Gate<string> _gate = new();
    private WatchedServer _oneServer = null!;
    private WatchedServer _twoServer = null!;
    private CacheNode _one = null!;
    private CacheNode _two = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _one = _redis.CreateNode(services: WatchedServer.In(_redis, server => _oneServer = server));
        _two = _redis.CreateNode(services: WatchedServer.In(_redis, server => _twoServer = server));
        await _one.TrustedAsync();
        await _two.TrustedAsync();
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData(128, 1)]
    [InlineData(129, 2)]
    [InlineData(300, 3)]
    public async Task Many_keys_are_read_by_one_call_per_128(int keys, int calls)
    {
        await _one.Cache.SetAsync("k0", "local");
        await _two.Cache.SetAsync("k1", "shared");
        await _one.CaughtUpWithAsync(_two);

        var values = await _one.Cache.GetOrCreateManyAsync(
            Enumerable.Range(0, keys + 1),
            key => $"k{key}",
            (missed, _) => new ValueTask<IReadOnlyDictionary<int, string>>(missed.ToDictionary(key => key, _ => "made")));

        Assert.Equal(keys + 1, values.Count);
        Assert.Equal(("local", "shared", "made"), (values[0], values[1], values[keys]));
        Assert.Equal((calls, 0), (_oneServer.Runs(Scripts.Read), _oneServer.Gets));
        Assert.Equal(keys - 1, _oneServer.Runs(Scripts.Fill));
    }

    [Fact]
    public async Task A_hit_in_L2_is_one_call_and_a_cheap_miss_two()
    {
        await _two.Cache.SetAsync("hit", 1);
        await _one.CaughtUpWithAsync(_two);

        await _one.Cache.GetOrCreateAsync("hit", _ => ValueTask.FromResult(2));
        Assert.Equal((1, 0), (_oneServer.Gets, _oneServer.Runs(Scripts.Fill)));

        await _one.Cache.GetOrCreateAsync("miss", _ => ValueTask.FromResult(2));
        Assert.Equal((2, 1, 0), (_oneServer.Gets, _oneServer.Runs(Scripts.Fill), _oneServer.Runs(Scripts.Claim)));
    }

    [Fact]
    public async Task Of_two_instances_past_the_threshold_one_makes_an_expensive_entry_anew_and_both_serve_meanwhile()
    {
        await MakeAndAgeAsync();
        var second = new Gate<string>();

        Assert.Equal("first", await _one.Cache.GetOrCreateAsync("k", _gate.Run, Eager));
        await _gate.Begun;
        Assert.Equal("first", await _two.Cache.GetOrCreateAsync("k", second.Run, Eager));
        await Eventually.TrueAsync(() => _twoServer.Runs(Scripts.Claim) == 1, "the second has asked");
        Assert.Equal("first", await _two.Cache.GetOrCreateAsync("k", second.Run, Eager));

        _gate.Open("second");
        await ReadsAsync(_one, "second");
        _two.Time.Advance(TimeSpan.FromMinutes(2));
        await _two.TrustedAsync();
        Assert.Equal("second", await _two.Cache.GetOrCreateAsync("k", second.Run, Eager).AsTask().WaitAsync(TimeSpan.FromSeconds(15)));
        Assert.Equal((1, 0), (_gate.Runs, second.Runs));
    }

    [Fact]
    public async Task Past_the_threshold_an_entry_that_another_instance_made_anew_is_taken_in_place_of_the_factory()
    {
        await MakeAndAgeAsync();
        await _one.Cache.GetOrCreateAsync("k", _gate.Run, Eager);
        _gate.Open("second");
        await ReadsAsync(_one, "second");

        Assert.Equal("first", await _two.Cache.GetOrCreateAsync("k", Never, Eager));

        await ReadsAsync(_two, "second");
        Assert.Equal(1, _gate.Runs);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_lease()
    {
        await _one.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("first"), Eager);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _one.Cache.GetOrCreateAsync("failing", Never, Eager));

        Assert.DoesNotContain(await _redis.KeysAsync(), key => key.ToString().Contains(":l:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_who_wait_for_a_value_that_cannot_be_cached_make_their_own_at_once()
    {
        WatchedServer threeServer = null!;
        await using var three = _redis.CreateNode(services: WatchedServer.In(_redis, server => threeServer = server));
        await three.TrustedAsync();
        Gate<Func<string>>[] gates = [new(), new(), new()];
        var holding = _one.Cache.GetOrCreateAsync("k", gates[0].Run, Eager).AsTask();
        await gates[0].Begun;
        var second = _two.Cache.GetOrCreateAsync("k", gates[1].Run, Eager).AsTask();
        var third = three.Cache.GetOrCreateAsync("k", gates[2].Run, Eager).AsTask();
        await Eventually.TrueAsync(() => (_twoServer.Runs(Scripts.Claim), threeServer.Runs(Scripts.Claim)) == (1, 1), "both wait");

        gates[0].Open(() => "held");

        // Neither waits for the other; and as the clocks stand still, no wait has ended by its time.
        await Task.WhenAll(gates[1].Begun, gates[2].Begun);
        gates[1].Open(() => "second");
        gates[2].Open(() => "third");
        Assert.Equal(["held", "second", "third"], (await Task.WhenAll(holding, second, third)).Select(made => made()));
    }

    [Fact]
    public async Task Whoever_waits_goes_alone_after_the_longest_wait()
    {
        var holding = _one.Cache.GetOrCreateAsync("k", _gate.Run, Eager).AsTask();
        await _gate.Begun;
        var waiting = _two.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("alone"), Eager).AsTask();
        await Eventually.TrueAsync(() => _twoServer.Runs(Scripts.Claim) == 1, "the second waits");
        Assert.False(waiting.IsCompleted);

        await Eventually.TrueAsync(
            () =>
            {
                // The holder lives: its clock goes on too, so that it renews.
                _one.Time.Advance(TimeSpan.FromSeconds(1));
                _two.Time.Advance(TimeSpan.FromSeconds(1));
                return waiting.IsCompleted;
            },
            "the second has gone alone");

        Assert.Equal("alone", await waiting);
        Assert.False(holding.IsCompleted);
        _gate.Open("held");
        await holding;
    }

    private static ValueTask<string> Never(CancellationToken cancellationToken) => throw new InvalidOperationException("A factory ran that should not.");

    /// <summary>Both hold "first" in L1, nine of whose ten minutes are over.</summary>
    private async Task MakeAndAgeAsync()
    {
        await _one.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("first"), Eager);
        await _two.Cache.GetOrCreateAsync("k", Never, Eager);
        await _redis.AgeAsync(TimeSpan.FromMinutes(9));
        foreach (var node in new[] { _one, _two })
        {
            node.Time.Advance(TimeSpan.FromMinutes(9));
            await node.TrustedAsync();
            Assert.True(node.HoldsLocally("k"));
        }
    }

    private static Task ReadsAsync(CacheNode node, string value) => Eventually.TrueAsync(
        () => node.Cache.GetOrCreateAsync("k", Never).AsTask() is { IsCompletedSuccessfully: true } read && read.Result == value,
        "the entry was made anew");
}
