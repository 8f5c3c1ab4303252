using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.RateLimiting.LanguageModels;
using StratAI.RateLimiting.Redis;
using StratAI.Shared.Redis;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests.LanguageModels;

/// <summary>Budgets on a Redis that stalls, and in processes that die.</summary>
public sealed class TokenBudgetOutageTests : IAsyncLifetime
{
    private const int Input = 100;
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _clock = new(TestLimiters.Epoch);
    private readonly TcpProxy _proxy = new(TestServers.Redis.Split(',')[0]);
    private readonly RateLimitingOptions _options = TestLimiters.Options(o =>
    {
        o.RedisTimeout = Deadline;
        o.AddPolicy("user", new()
        {
            Algorithm = RateLimitAlgorithm.Budget,
            PermitLimit = 10_000,
            Window = TimeSpan.FromDays(1),
            Outage = OutageBehavior.Closed,
        });
    });

    private ConnectionMultiplexer _redis = null!;
    private RateLimiters _limiters = null!;

    public async Task InitializeAsync()
    {
        _redis = await ConnectionMultiplexer.ConnectAsync($"{_proxy.Endpoint},connectTimeout=10000,asyncTimeout=30000");
        _limiters = Instance(_redis, _clock);
    }

    public async Task DisposeAsync()
    {
        _proxy.Restore();
        await _limiters.DisposeAsync();
        await _redis.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task What_could_not_be_settled_is_charged_once_when_Redis_is_back()
    {
        var model = new ScriptedChatClient().Say(5).Say(ScriptedChatClient.Usage(80, 7)).End();
        var stream = Stream(model);
        await stream.MoveNextAsync();
        await stream.MoveNextAsync();
        _proxy.Stall();

        var ending = stream.MoveNextAsync().AsTask();
        _clock.Advance(Deadline);
        Assert.False(await ending);

        // The settlement that timed out is still on its way, and is sent again by the beat as well.
        _proxy.Restore();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(87, await UsedAsync(until: 87));
        _clock.Advance(TimeSpan.FromSeconds(5));
        await _limiters.DisposeAsync();
        Assert.Equal(87, await UsedAsync(until: 87));
    }

    [Fact]
    public async Task While_Redis_is_away_a_stream_runs_on_and_waits_only_when_it_used_up_what_it_has_and_new_calls_are_refused()
    {
        var model = new ScriptedChatClient().Say(60).Say(45).Say(1).Say(10).Say(30).Say(20).Say(ScriptedChatClient.Usage(80, 120)).End();
        var stream = Stream(model);
        for (var i = 0; i < 3; i++)
        {
            await stream.MoveNextAsync();
        }

        // 106 of 160 are used. At 116 more is asked for, and at 166 it is waited for.
        _proxy.Stall();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await AtOnceAsync(stream));
        }

        _clock.Advance(Deadline);
        Assert.True(await stream.MoveNextAsync());
        Assert.Null(stream.Current.FinishReason);

        var another = Stream(new()).MoveNextAsync().AsTask();
        _clock.Advance(Deadline);
        var refused = await Assert.ThrowsAsync<TokenBudgetExceededException>(() => another);
        Assert.Equal((RateLimitOutcome.Unavailable, TimeSpan.FromSeconds(1)), (refused.Decision.Outcome, refused.RetryAfter));

        _proxy.Restore();
        Assert.False(await stream.MoveNextAsync());
        // What Redis held for the call that was refused meanwhile is given back at the next beat.
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(200, await UsedAsync(until: 200));
    }

    [Fact]
    public async Task A_stream_that_ends_while_it_grows_leaves_nothing_reserved()
    {
        var stream = Stream(new ScriptedChatClient().Say(40).Say(20));
        await stream.MoveNextAsync();
        _proxy.Stall();
        await stream.MoveNextAsync();

        var ending = stream.DisposeAsync().AsTask();
        Assert.False(ending.IsCompleted);
        _proxy.Restore();
        await ending;

        Assert.Equal(Input + 60, await UsedAsync(until: Input + 60));
        Assert.Equal(0, _limiters.ReservationCount);
    }

    private static Task<bool> AtOnceAsync(IAsyncEnumerator<ChatResponseUpdate> stream)
    {
        var next = stream.MoveNextAsync().AsTask();
        Assert.True(next.IsCompleted);
        return next;
    }

    [Fact]
    public async Task What_a_dead_process_reserved_is_free_again_after_its_lease()
    {
        // Its clock stands still, so that its heart never beats.
        var redis = await TestLimiters.Redis;
        var dying = Instance(redis, new FakeTimeProvider(TestLimiters.Epoch));
        var stream = Stream(new ScriptedChatClient().Say(5), dying, block: 5_000);
        await stream.MoveNextAsync();

        _clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMicroseconds(1));
        Assert.Equal(Input + 5_000, await UsedAsync(until: Input + 5_000));
        _clock.Advance(TimeSpan.FromMicroseconds(1));
        Assert.Equal(0, await UsedAsync(until: 0));
        GC.KeepAlive(stream);
    }

    private RateLimiters Instance(ConnectionMultiplexer redis, FakeTimeProvider clock) => TestLimiters.Create(
        _options, clock, new RedisLimitStore(RedisConnection.For(redis), _options, clock, () => TestLimiters.Micros(_clock)));

    private IAsyncEnumerator<ChatResponseUpdate> Stream(ScriptedChatClient model, RateLimiters? limiters = null, int block = 100)
    {
        var client = new TokenBudgetChatClient(
            model, limiters ?? _limiters, new() { Budgets = (_, _) => [new("user", "k")], EstimateInput = (_, _) => Input, OutputBlock = block });
        return client.GetStreamingResponseAsync([new(ChatRole.User, "hello")]).GetAsyncEnumerator();
    }

    /// <summary>Asks Redis itself, some thousand times if need be: beats run beside the test.</summary>
    private async Task<long> UsedAsync(long until)
    {
        await using var observer = Instance(await TestLimiters.Redis, new FakeTimeProvider(TestLimiters.Epoch));
        for (var i = 0; ; i++)
        {
            var status = (await observer.PeekAsync("user", "k"))!;
            if (status.Limit - status.Remaining!.Value is var used && (used == until || i == 5_000))
            {
                return used;
            }
        }
    }
}
