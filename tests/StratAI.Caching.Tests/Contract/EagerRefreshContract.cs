using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

/// <summary>Entries are made anew before they expire.</summary>
public abstract class EagerRefreshContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private static readonly HybridCacheEntryOptions Eager =
        new CacheProfile { Expiration = TimeSpan.FromMinutes(10), EagerRefresh = 0.8 }.ToEntryOptions();

    private readonly Gate<string> _gate = new();

    [Fact]
    public async Task A_hit_past_the_threshold_starts_one_factory_and_callers_are_served_meanwhile()
    {
        await MakeAsync();
        await PassAsync(TimeSpan.FromMinutes(8.5));

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("first", await Cache.GetOrCreateAsync("k", _gate.Run, Eager));
        }

        await _gate.Begun;
        _gate.Open("second");
        await Eventually.TrueAsync(() => Read() == "second", "the entry was made anew");
        Assert.Equal(1, _gate.Runs);
    }

    [Fact]
    public async Task A_hit_before_the_threshold_starts_nothing()
    {
        await MakeAsync();
        await PassAsync(TimeSpan.FromMinutes(7.5));

        Assert.Equal("first", await Cache.GetOrCreateAsync("k", _gate.Run, Eager));
        Assert.Equal(0, _gate.Runs);
    }

    [Fact]
    public async Task The_new_entry_lives_its_whole_lifetime()
    {
        await MakeAsync();
        await PassAsync(TimeSpan.FromMinutes(8.5));
        await Cache.GetOrCreateAsync("k", _gate.Run, Eager);
        _gate.Open("second");
        await Eventually.TrueAsync(() => Read() == "second", "the entry was made anew");

        await PassAsync(TimeSpan.FromMinutes(7.5));

        Assert.Equal("second", Read());
    }

    [Fact]
    public async Task A_failure_in_the_background_is_nobodys_and_the_entry_lives_on()
    {
        await MakeAsync();
        await PassAsync(TimeSpan.FromMinutes(8.5));
        await Cache.GetOrCreateAsync("k", _gate.Run, Eager);
        await _gate.Begun;
        _gate.Fail(new InvalidDataException());

        Assert.Equal("first", await Cache.GetOrCreateAsync("k", _gate.Run, Eager));
        await PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("third", await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("third"), Eager));
    }

    [Fact]
    public async Task Whoever_waits_for_a_making_in_the_background_that_fails_makes_it_alone()
    {
        await MakeAsync();
        await PassAsync(TimeSpan.FromMinutes(8.5));
        await Cache.GetOrCreateAsync("k", _gate.Run, Eager);
        await _gate.Begun;
        await PassAsync(TimeSpan.FromMinutes(2));
        var waiting = Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("third"), Eager).AsTask();
        Assert.False(waiting.IsCompleted);

        _gate.Fail(new ObjectDisposedException("the first caller's connection"));

        Assert.Equal("third", await waiting);
    }

    [Fact]
    public async Task What_was_invalidated_while_it_was_made_anew_is_not_stored()
    {
        await MakeAsync();
        await PassAsync(TimeSpan.FromMinutes(8.5));
        await Cache.GetOrCreateAsync("k", _gate.Run, Eager);
        await _gate.Begun;
        await Peer.Cache.RemoveAsync("k");
        await SettledAsync(Peer, Node);
        _gate.Open("second");

        Assert.Equal("third", await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("third"), Eager));
        Assert.Equal("third", Read());
    }

    [Fact]
    public async Task The_background_does_not_hold_up_the_caller_though_the_factory_blocks_at_first()
    {
        await MakeAsync();
        await PassAsync(TimeSpan.FromMinutes(8.5));
        using var blocked = new ManualResetEventSlim();

        var read = Cache.GetOrCreateAsync(
            "k",
            token =>
            {
                blocked.Wait(TimeSpan.FromSeconds(15), token);
                return ValueTask.FromResult("second");
            },
            Eager);

        Assert.True(read.IsCompletedSuccessfully);
        blocked.Set();
        await Eventually.TrueAsync(() => Read() == "second", "the entry was made anew");
    }

    private ValueTask<string> MakeAsync() => Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("first"), Eager);

    /// <summary>What L1 holds.</summary>
    private string? Read()
    {
        var read = Cache.GetOrCreateAsync<string?>("k", _ => throw new InvalidOperationException("A factory ran that should not.")).AsTask();
        Assert.True(read.IsCompletedSuccessfully);
        return read.Result;
    }
}
