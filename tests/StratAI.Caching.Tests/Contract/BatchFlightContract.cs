using System.Collections.Concurrent;
using System.Globalization;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

/// <summary>A call for many keys, and others for some of them at the same time.</summary>
public abstract class BatchFlightContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<int[]> _runs = new();
    private readonly Gate<string> _gate = new();

    [Fact]
    public async Task A_key_that_another_call_makes_is_awaited()
    {
        var single = Cache.GetOrCreateAsync("k1", _gate.Run).AsTask();
        await _gate.Begun;
        var many = GetAsync([1, 2]).AsTask();
        await Eventually.TrueAsync(() => Node.HoldsLocally("k2"), "the other key was made");
        Assert.False(many.IsCompleted);

        _gate.Open("single");

        Assert.Equal(new Dictionary<int, string> { [1] = "single", [2] = "made 2" }, await many);
        Assert.Equal([2], Assert.Single(_runs));
        Assert.Equal("single", await single);
    }

    [Fact]
    public async Task Another_call_awaits_a_key_that_is_made_here()
    {
        var many = Cache.GetOrCreateManyAsync([1, 2], Name, MakeAtGate).AsTask();
        await _gate.Begun;
        var single = Cache.GetOrCreateAsync("k1", _ => ValueTask.FromResult("other")).AsTask();
        var second = GetAsync([2, 1]).AsTask();
        _gate.Open("many");

        Assert.Equal("many", await single);
        Assert.Equal(new Dictionary<int, string> { [1] = "many", [2] = "many" }, await second);
        Assert.Equal(await second, await many);
        Assert.Empty(_runs);
    }

    [Fact]
    public async Task Whoever_awaits_a_key_that_is_left_out_makes_it_alone()
    {
        var many = Cache.GetOrCreateManyAsync<int, string>(
            [1, 2], Name, async (_, token) => new Dictionary<int, string> { [2] = await _gate.Run(token) }).AsTask();
        await _gate.Begun;
        var single = Cache.GetOrCreateAsync("k1", _ => ValueTask.FromResult("alone")).AsTask();
        var second = GetAsync([2, 1]).AsTask();
        _gate.Open("many");

        Assert.Equal([2], (await many).Keys);
        // Whichever of the two goes on first makes it for both.
        Assert.Contains(await single, new[] { "alone", "made 1" });
        Assert.Equal(await single, (await second)[1]);
    }

    [Fact]
    public async Task A_caller_that_cancels_goes_alone()
    {
        using var cancellation = new CancellationTokenSource();
        var many = Cache.GetOrCreateManyAsync([1, 2], Name, MakeAtGate, cancellationToken: cancellation.Token).AsTask();
        await _gate.Begun;
        var single = Cache.GetOrCreateAsync("k1", _ => ValueTask.FromResult("other")).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => many);
        Assert.False(_gate.Token.IsCancellationRequested);

        _gate.Open("many");
        Assert.Equal("many", await single);
    }

    [Fact]
    public async Task The_factory_is_cancelled_when_nobody_waits_for_any_of_the_keys()
    {
        using var cancellation = new CancellationTokenSource();
        var many = Cache.GetOrCreateManyAsync([1, 2], Name, MakeAtGate, cancellationToken: cancellation.Token).AsTask();
        await _gate.Begun;

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => many);

        await Eventually.TrueAsync(() => _gate.Token.IsCancellationRequested, "the factory was cancelled");
        Assert.Equal(2, (await GetAsync([1, 2])).Count);
    }

    [Fact]
    public async Task The_factorys_exception_is_that_of_all_who_wait_and_is_not_cached()
    {
        var many = Cache.GetOrCreateManyAsync([1, 2], Name, MakeAtGate).AsTask();
        await _gate.Begun;
        var single = Cache.GetOrCreateAsync("k1", _ => ValueTask.FromResult("other")).AsTask();
        _gate.Fail(new InvalidDataException());

        await Assert.ThrowsAsync<InvalidDataException>(() => many);
        await Assert.ThrowsAsync<InvalidDataException>(() => single);
        Assert.Equal(2, (await GetAsync([1, 2])).Count);
    }

    [Fact]
    public async Task A_factory_that_fails_after_its_own_caller_left_does_not_fail_those_who_wait()
    {
        using var cancellation = new CancellationTokenSource();
        var leaving = Cache.GetOrCreateAsync("k1", _gate.Run, cancellationToken: cancellation.Token).AsTask();
        await _gate.Begun;
        var many = GetAsync([1, 2]).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        _gate.Fail(new ObjectDisposedException("the first caller's connection"));

        Assert.Equal(new Dictionary<int, string> { [1] = "made 1", [2] = "made 2" }, await many.WaitAsync(TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public async Task After_the_hard_timeout_the_call_fails_and_the_next_read_gets_what_the_factory_made()
    {
        var many = Cache.GetOrCreateManyAsync([1, 2], Name, MakeAtGate, new CacheProfile { HardTimeout = Limit }.ToEntryOptions())
            .AsTask().WaitAsync(TimeSpan.FromSeconds(15));
        await _gate.Begun;
        Node.Time.Advance(Limit);

        Assert.Contains("hard timeout", (await Assert.ThrowsAsync<TimeoutException>(() => many)).Message, StringComparison.Ordinal);
        Assert.False(_gate.Token.IsCancellationRequested);
        _gate.Open("late");
        await Eventually.TrueAsync(() => Node.HoldsLocally("k1") && Node.HoldsLocally("k2"), "the factory's values are there");
        Assert.Equal(new Dictionary<int, string> { [1] = "late", [2] = "late" }, await GetAsync([1, 2]));
    }

    [Fact]
    public async Task After_the_hard_timeout_values_past_their_lifetime_are_served()
    {
        var kept = new CacheProfile { Expiration = TimeSpan.FromMinutes(1), FailSafe = TimeSpan.FromMinutes(10), HardTimeout = Limit }.ToEntryOptions();
        await Cache.GetOrCreateManyAsync([1, 2], Name, Make, kept);
        await PassAsync(TimeSpan.FromMinutes(2));
        await Cache.SetAsync("k3", "set");
        var many = Cache.GetOrCreateManyAsync([1, 2, 3], Name, MakeAtGate, kept).AsTask();
        await _gate.Begun;
        Node.Time.Advance(Limit);

        var values = await many.WaitAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(new Dictionary<int, string> { [1] = "made 1", [2] = "made 2", [3] = "set" }, values);
        _gate.Open("late");
        await Eventually.TrueAsync(() => Node.HoldsLocally("k1"), "the factory's value is there");
        Assert.Equal("made 1", values[1]);
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
