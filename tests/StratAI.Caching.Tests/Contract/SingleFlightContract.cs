using System.Diagnostics;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Contract;

public abstract class SingleFlightContract<TBackend> : CacheContract<TBackend>
    where TBackend : ICacheBackend, new()
{
    private static readonly AsyncLocal<string?> Ambient = new();

    private readonly Gate<int> _gate = new();

    [Fact]
    public async Task A_hundred_callers_run_one_factory()
    {
        var callers = Enumerable.Range(0, 100).Select(_ => Task.Run(() => Cache.GetOrCreateAsync("k", _gate.Run).AsTask())).ToArray();
        await _gate.Begun;
        _gate.Open(7);

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal(7, value));
        Assert.Equal(1, _gate.Runs);
    }

    [Fact]
    public async Task Callers_of_one_flight_get_instances_of_their_own_of_a_mutable_value()
    {
        var gate = new Gate<List<int>>();
        var first = Cache.GetOrCreateAsync("k", gate.Run).AsTask();
        var second = Cache.GetOrCreateAsync("k", gate.Run).AsTask();
        await gate.Begun;
        gate.Open([1]);

        Assert.NotSame(await first, await second);
        Assert.Equal(await first, await second);
        Assert.Equal(1, gate.Runs);
    }

    [Fact]
    public async Task A_caller_that_cancels_goes_alone()
    {
        using var cancellation = new CancellationTokenSource();
        var leaving = Cache.GetOrCreateAsync("k", _gate.Run, cancellationToken: cancellation.Token).AsTask();
        await _gate.Begun;
        var staying = Cache.GetOrCreateAsync("k", _gate.Run).AsTask();

        await cancellation.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.False(_gate.Token.IsCancellationRequested);

        _gate.Open(7);
        Assert.Equal(7, await staying);
        Assert.Equal(1, _gate.Runs);
    }

    [Fact]
    public async Task The_factory_is_cancelled_when_nobody_waits_and_the_next_caller_starts_anew()
    {
        using var cancellation = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 3).Select(_ => Cache.GetOrCreateAsync("k", _gate.Run, cancellationToken: cancellation.Token).AsTask()).ToArray();
        await _gate.Begun;

        await cancellation.CancelAsync();
        foreach (var caller in callers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        }

        Assert.True(_gate.Token.IsCancellationRequested);
        Assert.Equal(5, await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(5)));
    }

    [Fact]
    public async Task A_cancelled_token_ends_the_call_before_the_factory()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Cache.GetOrCreateAsync("k", _gate.Run, cancellationToken: new(canceled: true)));

        Assert.Equal(0, _gate.Runs);
    }

    [Fact]
    public async Task Callers_share_the_exception_and_it_is_not_cached()
    {
        var first = Cache.GetOrCreateAsync("k", _gate.Run).AsTask();
        var second = Cache.GetOrCreateAsync("k", _gate.Run).AsTask();
        await _gate.Begun;
        _gate.Fail(new InvalidDataException("broken"));

        await Assert.ThrowsAsync<InvalidDataException>(() => first);
        await Assert.ThrowsAsync<InvalidDataException>(() => second);
        Assert.Equal(1, _gate.Runs);
        Assert.Equal(5, await Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(5)));
    }

    [Fact]
    public async Task A_factory_that_fails_after_its_own_caller_left_does_not_fail_the_others()
    {
        using var cancellation = new CancellationTokenSource();
        var leaving = Cache.GetOrCreateAsync("k", _gate.Run, cancellationToken: cancellation.Token).AsTask();
        await _gate.Begun;
        var staying = Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(5)).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        _gate.Fail(new ObjectDisposedException("the first caller's connection"));

        Assert.Equal(5, await staying);
    }

    [Fact]
    public async Task The_factory_runs_in_the_context_of_the_caller_that_started_it()
    {
        using var activity = new Activity("request").Start();
        Ambient.Value = "of the request";
        using var cancellation = new CancellationTokenSource();

        var (ambient, trace) = await Cache.GetOrCreateAsync(
            "k", _ => ValueTask.FromResult((Ambient.Value, Activity.Current?.TraceId.ToString())), cancellationToken: cancellation.Token);

        Assert.Equal("of the request", ambient);
        Assert.Equal(activity.TraceId.ToString(), trace);
    }
}
