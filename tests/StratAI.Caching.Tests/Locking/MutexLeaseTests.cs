using Microsoft.Extensions.Time.Testing;
using StratAI.Caching.Locking;
using StratAI.Caching.Tests.Support;
using StratAI.Testing;

namespace StratAI.Caching.Tests.Locking;

/// <summary>Leases in Redis: how they are kept, how they end, and how holders and waiters notice.</summary>
public sealed class MutexLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly RedisSpace _redis = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly List<MutexNode> _nodes = [];

    public Task InitializeAsync() => _redis.InitializeAsync();

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        foreach (var key in await _redis.KeysAsync())
        {
            Assert.False(await _redis.Database.KeyExistsAsync(key) && await _redis.Database.KeyTimeToLiveAsync(key) is null, $"{key} never expires.");
        }

        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_lease_is_renewed_every_third_of_it()
    {
        await using var handle = await Create(_time).Mutex.AcquireAsync("name");
        for (var third = 0; third < 6; third++)
        {
            await _redis.Database.KeyExpireAsync(Key("owner"), TimeSpan.FromSeconds(15));
            _time.Advance(TimeSpan.FromSeconds(10));
            await Eventually.TrueAsync(
                async () => await _redis.Database.KeyTimeToLiveAsync(Key("owner")) > TimeSpan.FromSeconds(20), "the lease is renewed");
        }

        Assert.False(handle.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_lease_that_another_took_is_lost_at_the_next_renewal_and_stays_the_others()
    {
        var node = Create(_time);
        using var measured = new MutexMeasurements(node);
        var handle = await node.Mutex.AcquireAsync("name");
        await _redis.Database.StringSetAsync(Key("owner"), "another", TimeSpan.FromMinutes(1));

        _time.Advance(TimeSpan.FromSeconds(10));
        await CancelledAsync(handle.Lost);
        await handle.DisposeAsync();
        await handle.DisposeAsync();

        Assert.Equal("another", await _redis.Database.StringGetAsync(Key("owner")));
        Assert.Equal(1, measured.Sum("lost"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_an_answer_a_lease_is_lost_before_it_ends(bool stalls)
    {
        await using var proxy = new TcpProxy(TestServers.Redis.Split(',')[0]);
        var handle = await Create(_time, proxy.Endpoint).Mutex.AcquireAsync("name");
        if (stalls)
        {
            proxy.Stall();
        }
        else
        {
            proxy.Cut();
        }

        _time.Advance(TimeSpan.FromSeconds(28.4));
        Assert.False(handle.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.True(handle.Lost.IsCancellationRequested);
        proxy.Restore();
    }

    [Fact]
    public async Task A_waiter_that_dies_loses_its_place_and_blocks_nobody()
    {
        await using var proxy = new TcpProxy(TestServers.Redis.Split(',')[0]);
        var (holder, dying, living) = (Create(), Create(_time, proxy.Endpoint), Create());
        var held = await holder.Mutex.AcquireAsync("name");
        var lost = dying.Mutex.AcquireAsync("name", Timeout.InfiniteTimeSpan).AsTask();
        await QueuedAsync(1);
        var waiting = living.Mutex.AcquireAsync("name", Patience).AsTask();
        await QueuedAsync(2);

        proxy.Cut();
        await held.DisposeAsync();
        await (await waiting).DisposeAsync();

        Assert.False(lost.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return lost.IsCompleted;
            },
            "the waiter is told");
        var refused = await Assert.ThrowsAsync<MutexUnavailableException>(() => lost);
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        proxy.Restore();
    }

    [Fact]
    public async Task A_waiter_whose_place_has_ended_is_passed_over()
    {
        using var cancellation = new CancellationTokenSource();
        var held = await Create().Mutex.AcquireAsync("name");
        var dead = Create(_time).Mutex.AcquireAsync("name", Timeout.InfiniteTimeSpan, cancellation.Token).AsTask();
        await QueuedAsync(1);
        var id = (await _redis.Database.SortedSetRangeByRankAsync(Key("queue")))[0];
        var living = Create(_time).Mutex.AcquireAsync("name", Timeout.InfiniteTimeSpan).AsTask();
        await QueuedAsync(2);

        await _redis.Database.HashSetAsync(Key("places"), id, 1);
        await held.DisposeAsync();

        // Their clocks stand still, so that neither asks again: the message alone tells.
        await (await living.WaitAsync(Patience)).DisposeAsync();
        Assert.False(dead.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dead);
    }

    [Fact]
    public async Task A_holder_that_died_is_followed_by_the_first_who_waits_when_its_lease_ends()
    {
        await using var proxy = new TcpProxy(TestServers.Redis.Split(',')[0]);
        var dead = await Create(_time, proxy.Endpoint).Mutex.AcquireAsync("name");
        proxy.Cut();
        var waiting = Create().Mutex.AcquireAsync("name", Patience).AsTask();
        await QueuedAsync(1);
        Assert.False(waiting.IsCompleted);

        await _redis.Database.KeyExpireAsync(Key("owner"), TimeSpan.FromMilliseconds(1));

        await using var next = await waiting;
        Assert.True(next.FencingToken > dead.FencingToken);
        proxy.Restore();
    }

    [Fact]
    public async Task A_waiter_whose_message_was_lost_finds_its_grant_by_asking()
    {
        var node = Create();
        var held = await Create().Mutex.AcquireAsync("name");
        var waiting = node.Mutex.AcquireAsync("name", Patience).AsTask();
        await QueuedAsync(1);

        // As Redis would have it after a grant nobody heard of.
        var id = (string)(await _redis.Database.SortedSetRangeByRankAsync(Key("queue")))[0]!;
        await _redis.Database.KeyDeleteAsync([Key("queue"), Key("places")]);
        await _redis.Database.StringSetAsync(Key("owner"), id, TimeSpan.FromSeconds(3));

        await using var granted = await waiting;
        await held.DisposeAsync();
        Assert.Equal(id, await _redis.Database.StringGetAsync(Key("owner")));
    }

    [Fact]
    public async Task Tokens_grow_though_Redis_forgot_them_or_its_clock_stepped_back()
    {
        var mutex = Create().Mutex;
        var before = await TokenAsync();
        await _redis.Database.KeyDeleteAsync(Key("token"));
        var forgotten = await TokenAsync();
        Assert.True(forgotten > before);

        var ahead = forgotten + 3_600_000_000;
        await _redis.Database.StringSetAsync(Key("token"), ahead, TimeSpan.FromMinutes(1));

        Assert.Equal(ahead + 1, await TokenAsync());
        Assert.Equal(ahead + 2, await TokenAsync());

        async Task<long> TokenAsync()
        {
            await using var handle = await mutex.AcquireAsync("name");
            return handle.FencingToken;
        }
    }

    private MutexNode Create(FakeTimeProvider? time = null, string? configuration = null)
    {
        var node = MutexNode.OnRedis(_redis.Namespace, configuration, time: time);
        _nodes.Add(node);
        return node;
    }

    private string Key(string kind) => $"{{{_redis.Namespace}:name}}:{kind}";

    private Task QueuedAsync(int count) => Eventually.TrueAsync(
        async () => await _redis.Database.SortedSetLengthAsync(Key("queue")) == count, $"{count} wait");

    private static Task CancelledAsync(CancellationToken token) => Eventually.TrueAsync(() => token.IsCancellationRequested, "it is told of");
}
