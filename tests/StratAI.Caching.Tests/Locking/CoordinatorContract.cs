using Microsoft.AspNetCore.DataProtection;
using StratAI.Caching.Locking;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Locking;

/// <summary>What a coordinator does, wherever outcomes are kept.</summary>
public abstract class CoordinatorContract : IAsyncLifetime
{
    private int _runs;

    protected IDataProtectionProvider Protection { get; } = new EphemeralDataProtectionProvider();

    protected CoordinatorNode Node { get; private set; } = null!;

    /// <summary>Another instance; where there can be none, the same.</summary>
    protected CoordinatorNode Peer { get; private set; } = null!;

    public virtual Task InitializeAsync()
    {
        Node = CreateNode(Protection);
        Peer = CreatePeer();
        return Task.CompletedTask;
    }

    public virtual async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        await Peer.DisposeAsync();
    }

    protected abstract CoordinatorNode CreateNode(IDataProtectionProvider? protection);

    protected abstract CoordinatorNode CreatePeer();

    protected abstract Task PassAsync(TimeSpan time);

    [Fact]
    public async Task A_hundred_callers_run_the_work_once()
    {
        var values = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? Node : Peer).Coordinator.CoordinateAsync("key", CountAsync).AsTask()));

        Assert.Equal(1, _runs);
        Assert.All(values, value => Assert.Equal(1, value));
    }

    [Fact]
    public async Task An_outcome_is_replayed_for_its_window_and_no_longer()
    {
        var options = new CoordinationOptions { ReplayWindow = TimeSpan.FromSeconds(60) };
        Assert.Equal(1, await Node.Coordinator.CoordinateAsync("key", CountAsync, options));
        await PassAsync(TimeSpan.FromSeconds(50));
        Assert.Equal(1, await Peer.Coordinator.CoordinateAsync("key", CountAsync, options));
        Assert.Equal(2, await Peer.Coordinator.CoordinateAsync("other", CountAsync, options));
        await PassAsync(TimeSpan.FromSeconds(11));
        Assert.Equal(3, await Peer.Coordinator.CoordinateAsync("key", CountAsync, options));
    }

    [Fact]
    public async Task A_failure_that_is_everybodys_is_told_to_all_for_its_own_window()
    {
        var options = new CoordinationOptions
        {
            ShareFailure = error => error is FormatException ? new("bad", error.Message) { ReplayWindow = TimeSpan.FromSeconds(10) } : null,
        };
        var gate = new Gate<int>();
        var first = RunAsync(Node, gate, options);
        await gate.Begun;
        var others = Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? Node : Peer).Coordinator.CoordinateAsync("key", CountAsync, options).AsTask()).ToArray();
        gate.Fail(new FormatException("It is bad."));

        var own = await Assert.ThrowsAsync<SharedFailureException>(() => first);
        Assert.Equal(("bad", "It is bad.", typeof(FormatException)), (own.Code, own.Message, own.InnerException?.GetType()));
        foreach (var other in others)
        {
            Assert.Equal("bad", (await Assert.ThrowsAsync<SharedFailureException>(() => other)).Code);
        }

        await Assert.ThrowsAsync<SharedFailureException>(() => Peer.Coordinator.CoordinateAsync("key", CountAsync, options).AsTask());
        Assert.Equal(0, _runs);
        await PassAsync(TimeSpan.FromSeconds(11));
        Assert.Equal(1, await Node.Coordinator.CoordinateAsync("key", CountAsync, options));
    }

    [Fact]
    public async Task A_failure_of_one_attempt_lets_the_next_try()
    {
        var gate = new Gate<int>();
        var first = RunAsync(Node, gate);
        await gate.Begun;
        var second = Node.Coordinator.CoordinateAsync("key", CountAsync).AsTask();
        var elsewhere = Peer.Coordinator.CoordinateAsync("key", CountAsync).AsTask();
        gate.Fail(new IOException("for now"));

        await Assert.ThrowsAsync<IOException>(() => first);
        Assert.Equal((1, 1, 1), (await second, await elsewhere, _runs));
    }

    [Fact]
    public async Task Work_that_keeps_failing_is_tried_a_bounded_number_of_times()
    {
        var options = new CoordinationOptions { Attempts = 3 };
        var gate = new Gate<int>();
        var first = RunAsync(Node, gate, options);
        await gate.Begun;
        var others = Enumerable.Range(0, 50).Select(_ => Node.Coordinator.CoordinateAsync<int>("key", FailAsync, options).AsTask()).ToArray();
        gate.Fail(new IOException());
        await Assert.ThrowsAsync<IOException>(() => first);
        foreach (var other in others)
        {
            await Assert.ThrowsAsync<IOException>(() => other);
        }

        // At least two for those who waited; one more for each wave that began when another's attempts were over.
        Assert.InRange(_runs, 2, 6);

        ValueTask<int> FailAsync(CoordinatedWork work, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            throw new IOException();
        }
    }

    [Fact]
    public async Task A_caller_that_leaves_ends_its_own_wait_alone()
    {
        var gate = new Gate<int>();
        using var leaving = new CancellationTokenSource();
        var first = Node.Coordinator.CoordinateAsync("key", (_, token) => gate.Run(token), null, leaving.Token).AsTask();
        await gate.Begun;
        var second = Peer.Coordinator.CoordinateAsync("key", CountAsync).AsTask();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(gate.Token.IsCancellationRequested);
        gate.Open(7);

        Assert.Equal((7, 0), (await second, _runs));
    }

    [Fact]
    public async Task Nobody_waits_on_for_those_who_left()
    {
        var gate = new Gate<int>();
        var first = RunAsync(Node, gate);
        await gate.Begun;
        using var leaving = new CancellationTokenSource();
        var second = Peer.Coordinator.CoordinateAsync("key", CountAsync, null, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.Fail(new IOException());

        await Assert.ThrowsAsync<IOException>(() => first);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task Who_waits_too_long_is_told()
    {
        var gate = new Gate<int>();
        var first = RunAsync(Node, gate);
        await gate.Begun;
        if (Node != Peer)
        {
            var options = new CoordinationOptions { Timeout = TimeSpan.FromMilliseconds(50) };
            await Assert.ThrowsAsync<TimeoutException>(() => Peer.Coordinator.CoordinateAsync("key", CountAsync, options).AsTask());
        }

        gate.Open(1);
        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task Each_caller_gets_a_value_of_its_own_and_nothing_is_a_value_too()
    {
        var first = await Node.Coordinator.CoordinateAsync("list", (_, _) => new ValueTask<List<int>>([1]));
        first.Add(2);
        Assert.Equal([1], await Node.Coordinator.CoordinateAsync("list", (_, _) => new ValueTask<List<int>>([9])));
        Assert.Null(await Node.Coordinator.CoordinateAsync("null", (_, _) => new ValueTask<string?>((string?)null)));
        Assert.Null(await Peer.Coordinator.CoordinateAsync("null", (_, _) => new ValueTask<string?>("no")));
    }

    [Fact]
    public async Task Fencing_tokens_grow_from_attempt_to_attempt()
    {
        var tokens = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => (i % 2 == 0 ? Node : Peer).Coordinator.CoordinateAsync<int>("key", (work, _) =>
            {
                tokens.Add(work.FencingToken);
                throw new IOException();
            }).AsTask());
        }

        Assert.Equal(tokens.Order().Distinct(), tokens);
    }

    [Fact]
    public async Task A_secret_is_refused_where_nothing_can_encrypt_it_and_shared_where_something_can()
    {
        var secret = new CoordinationOptions { Secret = true };
        await using var unable = CreateNode(null);
        await Assert.ThrowsAsync<InvalidOperationException>(() => unable.Coordinator.CoordinateAsync("secret", CountAsync, secret).AsTask());
        Assert.Equal(0, _runs);

        Assert.Equal(1, await Node.Coordinator.CoordinateAsync("secret", CountAsync, secret));
        Assert.Equal(1, await Peer.Coordinator.CoordinateAsync("secret", CountAsync, secret));
    }

    protected ValueTask<int> CountAsync(CoordinatedWork work, CancellationToken cancellationToken) => new(Interlocked.Increment(ref _runs));

    private static Task<int> RunAsync(CoordinatorNode node, Gate<int> gate, CoordinationOptions? options = null) =>
        node.Coordinator.CoordinateAsync("key", (_, token) => gate.Run(token), options).AsTask();
}
