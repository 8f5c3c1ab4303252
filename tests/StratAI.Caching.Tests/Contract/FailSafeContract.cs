using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

/// <summary>A value past its lifetime is served when the factory fails.</summary>
public abstract class FailSafeContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private static readonly HybridCacheEntryOptions Kept =
        new CacheProfile { Expiration = TimeSpan.FromMinutes(1), FailSafe = TimeSpan.FromMinutes(10) }.ToEntryOptions();

    private int _failures;

    [Fact]
    public async Task When_the_factory_fails_a_value_past_its_lifetime_is_served_and_counted_as_stale()
    {
        using var measurements = new Measurements(Node);
        await MakeAsync("first");
        await PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal("first", await Cache.GetOrCreateAsync("k", Fail, Kept));
        Assert.Equal(1, measurements.Sum("requests outcome=stale"));
    }

    [Fact]
    public async Task While_the_factory_works_a_value_past_its_lifetime_is_a_miss()
    {
        await MakeAsync("first");
        await PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal("second", await MakeAsync("second"));
    }

    [Fact]
    public async Task Beyond_the_window_the_factorys_exception_is_the_answer()
    {
        await MakeAsync("first");
        await PassAsync(TimeSpan.FromMinutes(11));

        await Assert.ThrowsAsync<InvalidDataException>(async () => await Cache.GetOrCreateAsync("k", Fail, Kept));
    }

    [Fact]
    public async Task A_call_that_does_not_ask_for_it_is_not_served_a_value_past_its_lifetime()
    {
        await MakeAsync("first");
        await PassAsync(TimeSpan.FromMinutes(2));

        await Assert.ThrowsAsync<InvalidDataException>(async () => await Cache.GetOrCreateAsync("k", Fail));
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("tag")]
    [InlineData("star")]
    public async Task What_was_invalidated_is_never_served(string how)
    {
        await MakeAsync("first");
        await PassAsync(TimeSpan.FromMinutes(2));
        await (how switch
        {
            "remove" => Peer.Cache.RemoveAsync("k"),
            "tag" => Peer.Cache.RemoveByTagAsync("t"),
            _ => Peer.Cache.RemoveByTagAsync("*"),
        });
        await SettledAsync(Peer, Node);

        await Assert.ThrowsAsync<InvalidDataException>(async () => await Cache.GetOrCreateAsync("k", Fail, Kept));
    }

    [Fact]
    public async Task What_was_overwritten_is_never_served()
    {
        await MakeAsync("first");
        await PassAsync(TimeSpan.FromMinutes(2));
        await Peer.Cache.SetAsync("k", "second", Kept);
        await SettledAsync(Peer, Node);
        await PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal("second", await Cache.GetOrCreateAsync("k", Fail, Kept));
    }

    [Fact]
    public async Task After_a_failure_the_factory_is_spared_for_two_seconds()
    {
        await MakeAsync("first");
        await PassAsync(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("first", await Cache.GetOrCreateAsync("k", Fail, Kept));
        }

        Assert.Equal(1, _failures);
        await PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal("second", await MakeAsync("second"));
    }

    [Fact]
    public async Task The_value_is_also_found_by_an_instance_that_never_had_it()
    {
        await MakeAsync("first");
        await PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal("first", await Peer.Cache.GetOrCreateAsync("k", Fail, Kept));
        Assert.Equal("first", await Peer.Cache.GetOrCreateAsync("k", Fail, Kept));
        Assert.Equal(1, _failures);
    }

    [Fact]
    public async Task Callers_get_instances_of_their_own_of_a_mutable_value()
    {
        await Cache.GetOrCreateAsync("list", _ => ValueTask.FromResult(new List<int> { 1 }), Kept);
        await PassAsync(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 3; i++)
        {
            var list = await Cache.GetOrCreateAsync<List<int>>("list", _ => throw new InvalidDataException(), Kept);
            Assert.Equal([1], list);
            list.Add(2);
        }
    }

    [Fact]
    public async Task A_caller_that_cancels_is_cancelled_and_not_served()
    {
        await MakeAsync("first");
        await PassAsync(TimeSpan.FromMinutes(2));
        using var cancellation = new CancellationTokenSource();
        var gate = new Gate<string>();
        var reading = Cache.GetOrCreateAsync("k", gate.Run, Kept, cancellationToken: cancellation.Token).AsTask();
        await gate.Begun;

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private ValueTask<string> MakeAsync(string value) => Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(value), Kept, ["t"]);

    private ValueTask<string> Fail(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _failures);
        throw new InvalidDataException("The source is broken.");
    }
}
