using System.Collections.Concurrent;
using System.Globalization;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

/// <summary>Many keys in one call; what it shares with other calls is in <see cref="BatchFlightContract{TBackend}"/>.</summary>
public abstract class BatchContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private readonly ConcurrentQueue<int[]> _runs = new();
    private readonly Gate<string> _gate = new();

    [Fact]
    public async Task One_run_of_the_factory_makes_exactly_the_keys_that_are_missed()
    {
        await Cache.SetAsync("k2", "set");

        var values = await GetAsync([1, 2, 3, 1]);

        Assert.Equal(new Dictionary<int, string> { [1] = "made 1", [2] = "set", [3] = "made 3" }, values);
        Assert.Equal([1, 3], Assert.Single(_runs));
        Assert.Equal(values, await GetAsync([1, 2, 3]));
        Assert.Equal("made 3", await Cache.GetOrCreateAsync("k3", _ => ValueTask.FromResult("other")));
        Assert.Single(_runs);
    }

    [Fact]
    public async Task No_keys_are_no_run_and_no_values()
    {
        Assert.Empty(await GetAsync([]));
        Assert.Empty(_runs);
    }

    [Fact]
    public async Task Nulls_are_cached_and_what_the_factory_leaves_out_is_neither_cached_nor_answered()
    {
        var runs = 0;
        for (var i = 1; i <= 2; i++)
        {
            var values = await Cache.GetOrCreateManyAsync<int, string?>([1, 2], Name, (_, _) =>
            {
                runs++;
                return new(new Dictionary<int, string?> { [1] = null });
            });
            Assert.Equal([1], values.Keys);
            Assert.Null(values[1]);
            Assert.Equal(i, runs);
        }

        Assert.Null(await Cache.GetOrCreateAsync<string?>("k1", _ => new("other")));
        Assert.Equal("other", await Cache.GetOrCreateAsync<string?>("k2", _ => new("other")));
    }

    [Fact]
    public async Task Tags_are_those_of_each_key()
    {
        await Cache.GetOrCreateManyAsync([1, 2], Name, Make, tags: key => [$"t{key}"]);
        await Peer.Cache.RemoveByTagAsync("t1");
        await SettledAsync(Peer, Node);

        await GetAsync([1, 2]);

        Assert.Equal([1], _runs.Last());
    }

    [Fact]
    public async Task More_keys_than_one_call_to_Redis_takes_come_back_whole()
    {
        int[] keys = [.. Enumerable.Range(0, 300)];
        await Peer.Cache.SetAsync("k250", "set");
        await SettledAsync(Peer, Node);

        var values = await GetAsync(keys);

        Assert.Equal(keys, values.Keys.Order());
        Assert.Equal("set", values[250]);
        Assert.Equal("made 299", values[299]);
        Assert.Equal(299, Assert.Single(_runs).Length);
    }

    [Fact]
    public async Task Keys_that_cannot_be_cached_are_made_by_the_same_run_and_not_cached()
    {
        for (var i = 1; i <= 2; i++)
        {
            var values = await Cache.GetOrCreateManyAsync([1, 2], key => key == 1 ? "k1" : new string('x', 2000), Make);
            Assert.Equal([1, 2], values.Keys.Order());
        }

        Assert.Equal([[1, 2], [2]], _runs);
    }

    [Fact]
    public async Task Callers_get_instances_of_their_own_of_mutable_values()
    {
        for (var i = 0; i < 3; i++)
        {
            var lists = await Cache.GetOrCreateManyAsync([1, 2], Name, (keys, _) =>
                new ValueTask<IReadOnlyDictionary<int, List<int>>>(keys.ToDictionary(key => key, key => new List<int> { key })));
            Assert.Equal([1], lists[1]);
            lists[1].Add(2);
        }
    }

    [Fact]
    public async Task What_was_invalidated_while_it_was_made_is_not_stored()
    {
        var many = Cache.GetOrCreateManyAsync([1, 2], Name, MakeAtGate).AsTask();
        await _gate.Begun;
        await Peer.Cache.RemoveAsync("k1");
        await SettledAsync(Peer, Node);
        _gate.Open("stale");
        await many;

        Assert.Equal(new Dictionary<int, string> { [1] = "made 1", [2] = "stale" }, await GetAsync([1, 2]));
    }

    [Fact]
    public async Task When_the_factory_fails_values_past_their_lifetime_are_served()
    {
        var kept = new CacheProfile { Expiration = TimeSpan.FromMinutes(1), FailSafe = TimeSpan.FromMinutes(10) }.ToEntryOptions();
        var first = await Cache.GetOrCreateManyAsync([1, 2], Name, Make, kept);
        await PassAsync(TimeSpan.FromMinutes(2));

        var failures = 0;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(first, await Cache.GetOrCreateManyAsync([1, 2], Name, Fail, kept));
        }

        Assert.Equal(1, failures);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Cache.GetOrCreateManyAsync([1, 2, 3], Name, Fail, kept));

        ValueTask<IReadOnlyDictionary<int, string>> Fail(IReadOnlyList<int> keys, CancellationToken cancellationToken)
        {
            failures++;
            throw new InvalidDataException();
        }
    }

    private static string Name(int key) => string.Create(CultureInfo.InvariantCulture, $"k{key}");

    private ValueTask<IReadOnlyDictionary<int, string>> GetAsync(IEnumerable<int> keys) => Cache.GetOrCreateManyAsync(keys, Name, Make);

    private ValueTask<IReadOnlyDictionary<int, string>> Make(IReadOnlyList<int> keys, CancellationToken cancellationToken)
    {
        _runs.Enqueue([.. keys]);
        return new(keys.ToDictionary(key => key, key => $"made {key}"));
    }

    private async ValueTask<IReadOnlyDictionary<int, string>> MakeAtGate(IReadOnlyList<int> keys, CancellationToken cancellationToken)
    {
        var value = await _gate.Run(cancellationToken);
        return keys.ToDictionary(key => key, _ => value);
    }
}
