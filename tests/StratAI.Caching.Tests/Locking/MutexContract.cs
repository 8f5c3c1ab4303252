using Microsoft.Extensions.Time.Testing;
using StratAI.Caching.Locking;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Locking;

/// <summary>What a mutex does, whatever knows who holds it.</summary>
public abstract class MutexContract<TBackend> : IAsyncLifetime
    where TBackend : IMutexBackend, new()
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TBackend _backend = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private MutexNode _node = null!;
    private MutexNode _peer = null!;

    private IDistributedMutex Mutex => _node.Mutex;

    public async Task InitializeAsync()
    {
        await _backend.InitializeAsync();
        _node = _backend.CreateNode();
        _peer = _backend.CreatePeer(_node);
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _peer.DisposeAsync();
        await _backend.DisposeAsync();
    }

    [Fact]
    public async Task A_hundred_contenders_keep_a_counter_right_that_nothing_else_protects()
    {
        var (counter, tokens) = (0, new List<long>());

        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            await using var handle = await (i % 2 == 0 ? _node : _peer).Mutex.AcquireAsync("name", Patience);
            var read = counter;
            await Task.Yield();
            tokens.Add(handle.FencingToken);
            counter = read + 1;
        }).ToArray());

        Assert.Equal(100, counter);
        Assert.Equal(tokens.Order().Distinct(), tokens);
        Assert.True(tokens[0] > 0);
    }

    [Fact]
    public async Task Waiters_are_served_in_the_order_of_their_arrival()
    {
        var served = new List<int>();
        var held = await Mutex.AcquireAsync("name");
        var waiters = new List<Task>();
        for (var i = 0; i < 8; i++)
        {
            waiters.Add(ServeAsync(i));
            await _backend.QueuedAsync("name", i + 1);
        }

        await held.DisposeAsync();
        await Task.WhenAll(waiters);

        Assert.Equal(Enumerable.Range(0, 8), served);

        async Task ServeAsync(int number)
        {
            await using var handle = await (number % 2 == 0 ? _node : _peer).Mutex.AcquireAsync("name", Patience);
            served.Add(number);
        }
    }

    [Fact]
    public async Task Trying_does_not_wait_and_does_not_overtake()
    {
        var held = await Mutex.TryAcquireAsync("name");
        Assert.NotNull(held);
        Assert.Null(await _peer.Mutex.TryAcquireAsync("name"));
        await Assert.ThrowsAsync<TimeoutException>(() => _peer.Mutex.AcquireAsync("name", TimeSpan.Zero).AsTask());

        var waiting = _peer.Mutex.AcquireAsync("name", Patience).AsTask();
        await _backend.QueuedAsync("name", 1);
        await held.DisposeAsync();
        Assert.Null(await Mutex.TryAcquireAsync("name"));

        await (await waiting).DisposeAsync();
        await using var again = await Mutex.TryAcquireAsync("name");
        Assert.NotNull(again);
        Assert.True(again.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task Waiting_ends_with_the_timeout_and_leaves_the_queue()
    {
        await using var node = _backend.CreateNode(_time);
        var held = await node.Mutex.AcquireAsync("name");
        var waiting = node.Mutex.AcquireAsync("name", TimeSpan.FromSeconds(1)).AsTask();
        var others = node.Mutex.AcquireAsync("name", TimeSpan.FromSeconds(1000)).AsTask();
        await _backend.QueuedAsync("name", 2);

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(20));
                return waiting.IsCompleted;
            },
            "the wait has ended");

        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        await _backend.QueuedAsync("name", 1);
        await held.DisposeAsync();
        await (await others.WaitAsync(Patience)).DisposeAsync();
    }

    [Fact]
    public async Task The_default_timeout_holds_where_a_call_names_none()
    {
        await using var node = _backend.CreateNode(_time);
        await using var held = await node.Mutex.AcquireAsync("name");
        var began = _time.GetTimestamp();
        var waiting = node.Mutex.AcquireAsync("name").AsTask();

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(200));
                return waiting.IsCompleted;
            },
            "the wait has ended");

        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Assert.InRange(_time.GetElapsedTime(began), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task It_is_not_re_entrant()
    {
        await using var held = await Mutex.AcquireAsync("name");

        Assert.Null(await Mutex.TryAcquireAsync("name"));
        await Assert.ThrowsAsync<TimeoutException>(() => Mutex.AcquireAsync("name", TimeSpan.FromMilliseconds(50)).AsTask());
    }

    [Fact]
    public async Task A_cancelled_waiter_leaves_the_queue()
    {
        using var cancellation = new CancellationTokenSource();
        var held = await Mutex.AcquireAsync("name");
        var cancelled = _peer.Mutex.AcquireAsync("name", Patience, cancellation.Token).AsTask();
        await _backend.QueuedAsync("name", 1);
        var patient = _peer.Mutex.AcquireAsync("name", Patience).AsTask();
        await _backend.QueuedAsync("name", 2);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await held.DisposeAsync();

        await (await patient).DisposeAsync();
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_it_begins_acquires_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Mutex.AcquireAsync("name", cancellationToken: cancellation.Token).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Mutex.TryAcquireAsync("name", cancellation.Token).AsTask());

        await using var handle = await Mutex.TryAcquireAsync("name");
        Assert.NotNull(handle);
    }

    [Fact]
    public async Task Whoever_gives_up_as_it_is_granted_leaves_it_to_the_next()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            using var cancellation = new CancellationTokenSource();
            var held = await Mutex.AcquireAsync("name", Patience);
            var waiting = _peer.Mutex.AcquireAsync("name", Patience, cancellation.Token).AsTask();
            await _backend.QueuedAsync("name", 1);
            var spins = random.Next(20_000);
            await Task.WhenAll(
                Task.Run(async () => await held.DisposeAsync()),
                Task.Run(() =>
                {
                    Thread.SpinWait(spins);
                    cancellation.Cancel();
                }));
            try
            {
                await (await waiting).DisposeAsync();
            }
            catch (OperationCanceledException)
            {
            }

            var free = Mutex.AcquireAsync("name", TimeSpan.FromSeconds(1)).AsTask();
            Assert.True(await Record.ExceptionAsync(() => free) is null, $"It was not given back, with seed {seed} in round {round}.");
            await (await free).DisposeAsync();
        }
    }

    [Fact]
    public async Task Disposing_twice_does_not_take_it_from_the_next()
    {
        var first = await Mutex.AcquireAsync("name");
        await first.DisposeAsync();
        await using var second = await _peer.Mutex.AcquireAsync("name");
        await first.DisposeAsync();

        Assert.Null(await Mutex.TryAcquireAsync("name"));
        Assert.False(second.Lost.IsCancellationRequested);
        Assert.False(first.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Names_do_not_exclude_each_other()
    {
        string[] names = ["a", "b", "a:owner", "a}:owner", "{a}", "A", "ä", new('x', 512)];
        var handles = new List<IMutexHandle>();
        foreach (var name in names)
        {
            handles.Add(await Mutex.TryAcquireAsync(name) ?? throw new InvalidOperationException($"'{name}' is held."));
        }

        Assert.Equal(names, handles.Select(handle => handle.Name));
        foreach (var handle in handles)
        {
            await handle.DisposeAsync();
        }
    }

    [Fact]
    public async Task Bad_arguments_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(() => Mutex.TryAcquireAsync(null!).AsTask());
        foreach (var name in new[] { "", "\ud800", new string('x', 513) })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => Mutex.AcquireAsync(name).AsTask());
        }

        foreach (var timeout in new[] { TimeSpan.FromSeconds(-1), TimeSpan.FromDays(25) })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Mutex.AcquireAsync("name", timeout).AsTask());
        }
    }
}

public sealed class EmbeddedMutexTests : MutexContract<EmbeddedMutexBackend>;

public sealed class RedisMutexTests : MutexContract<RedisMutexBackend>;

public sealed class FallbackMutexTests : MutexContract<FallbackMutexBackend>;
