using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

/// <summary>Callers do not wait for a slow factory for ever; it goes on in the background.</summary>
public abstract class TimeoutContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    private static readonly HybridCacheEntryOptions Soft =
        new CacheProfile { Expiration = TimeSpan.FromMinutes(1), FailSafe = TimeSpan.FromMinutes(10), SoftTimeout = Limit }.ToEntryOptions();

    private static readonly HybridCacheEntryOptions Hard = new CacheProfile { HardTimeout = Limit }.ToEntryOptions();

    private static readonly HybridCacheEntryOptions HardAndKept =
        new CacheProfile { Expiration = TimeSpan.FromMinutes(1), FailSafe = TimeSpan.FromMinutes(10), HardTimeout = Limit }.ToEntryOptions();

    private readonly Gate<string> _gate = new();

    [Fact]
    public async Task After_the_soft_timeout_a_value_past_its_lifetime_is_served_and_the_next_read_gets_what_the_factory_made()
    {
        var reading = await ReadLateAsync(Soft);
        Assert.False(reading.IsCompleted);
        Node.Time.Advance(Limit);

        Assert.Equal("first", await reading);
        Assert.False(_gate.Token.IsCancellationRequested);
        _gate.Open("second");
        await Eventually.TrueAsync(() => Node.HoldsLocally("k"), "the factory's value is there");
        Assert.Equal("second", await Cache.GetOrCreateAsync("k", Never, Soft));
    }

    [Fact]
    public async Task Callers_after_the_soft_timeout_do_not_wait_and_do_not_run_another_factory()
    {
        var reading = await ReadLateAsync(Soft);
        Node.Time.Advance(Limit);
        await reading;

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("first", await Cache.GetOrCreateAsync("k", Never, Soft).AsTask().WaitAsync(TimeSpan.FromSeconds(15)));
        }

        _gate.Open("second");
    }

    [Fact]
    public async Task A_failure_after_the_soft_timeout_is_nobodys()
    {
        var reading = await ReadLateAsync(Soft);
        Node.Time.Advance(Limit);
        await reading;
        _gate.Fail(new InvalidDataException());

        await Eventually.TrueAsync(() => Node.HoldsLocally("k"), "the old value is served for a while longer");
        Assert.Equal("first", await Cache.GetOrCreateAsync("k", Never, Soft));
    }

    [Fact]
    public async Task An_invalidation_after_the_soft_timeout_ends_the_service_of_the_old_value()
    {
        var reading = await ReadLateAsync(Soft);
        Node.Time.Advance(Limit);
        await reading;
        await Peer.Cache.RemoveAsync("k");
        await SettledAsync(Peer, Node);

        Assert.Equal("third", await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("third"), Soft));
        _gate.Open("second");
        Assert.Equal("third", await Cache.GetOrCreateAsync("k", Never, Soft));
    }

    [Fact]
    public async Task Without_a_value_to_serve_the_soft_timeout_does_not_apply()
    {
        var reading = Cache.GetOrCreateAsync("k", _gate.Run, Soft).AsTask();
        await _gate.Begun;
        Node.Time.Advance(10 * Limit);
        Assert.False(reading.IsCompleted);

        _gate.Open("first");
        Assert.Equal("first", await reading);
    }

    [Fact]
    public async Task After_the_hard_timeout_the_call_fails_and_the_next_read_gets_what_the_factory_made()
    {
        var reading = Cache.GetOrCreateAsync("k", _gate.Run, Hard).AsTask();
        await _gate.Begun;
        Node.Time.Advance(Limit);

        await Assert.ThrowsAsync<TimeoutException>(() => reading);
        Assert.False(_gate.Token.IsCancellationRequested);
        _gate.Open("first");
        await Eventually.TrueAsync(() => Node.HoldsLocally("k"), "the factory's value is there");
        Assert.Equal("first", await Cache.GetOrCreateAsync("k", Never, Hard));
    }

    [Fact]
    public async Task After_the_hard_timeout_a_value_past_its_lifetime_is_served()
    {
        var reading = await ReadLateAsync(HardAndKept);
        Node.Time.Advance(Limit);

        Assert.Equal("first", await reading);
        _gate.Open("second");
        await Eventually.TrueAsync(() => Node.HoldsLocally("k"), "the factory's value is there");
    }

    [Fact]
    public async Task Each_caller_has_a_hard_timeout_of_its_own()
    {
        var first = Cache.GetOrCreateAsync("k", _gate.Run, Hard).AsTask();
        await _gate.Begun;
        Node.Time.Advance(Limit / 2);
        var second = Cache.GetOrCreateAsync("k", Never, Hard).AsTask();
        Node.Time.Advance(Limit / 2);
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.False(second.IsCompleted);

        _gate.Open("value");
        Assert.Equal("value", await second);
    }

    [Fact]
    public async Task A_timeout_exception_of_the_factory_is_its_own()
    {
        var error = new TimeoutException("of the database");

        Assert.Same(error, await Assert.ThrowsAsync<TimeoutException>(async () => await Cache.GetOrCreateAsync<string>("k", _ => throw error, Hard)));
    }

    /// <summary>Begins a read past the lifetime of "first", whose factory is at its gate.</summary>
    private async Task<Task<string>> ReadLateAsync(HybridCacheEntryOptions options)
    {
        await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("first"), options);
        await PassAsync(TimeSpan.FromMinutes(2));
        var reading = Cache.GetOrCreateAsync("k", _gate.Run, options).AsTask();
        await _gate.Begun;
        return reading;
    }

    private static ValueTask<string> Never(CancellationToken cancellationToken) => throw new InvalidOperationException("A factory ran that should not.");
}
