using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.RateLimiting.Redis;
using StratAI.Shared.Redis;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>Redis that does not answer: the deadline, each outage behaviour, the breaker, and the way back.</summary>
public sealed class RedisOutageTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(100);

    private readonly string _prefix = TestLimiters.NewPrefix();
    private readonly FakeTimeProvider _clock = new(TestLimiters.Epoch);
    private readonly TcpProxy _proxy = new(TestServers.Redis.Split(',')[0]);
    private readonly TestMeters _meters = new();
    private ConnectionMultiplexer _redis = null!;
    private RateLimiters _limiters = null!;

    public async Task InitializeAsync()
    {
        _redis = await ConnectionMultiplexer.ConnectAsync($"{_proxy.Endpoint},connectTimeout=10000,asyncTimeout=30000");
        var options = TestLimiters.Options(o =>
        {
            (o.KeyPrefix, o.RedisTimeout) = (_prefix, Deadline);
            o.AddPolicy("local", Policy(OutageBehavior.Local)).AddPolicy("open", Policy(OutageBehavior.Open)).AddPolicy("closed", Policy(OutageBehavior.Closed));
        });
        _limiters = TestLimiters.Create(options, _clock, new RedisLimitStore(RedisConnection.For(_redis), options, _clock), _meters.Factory);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        // The connection waits for its pending calls before it closes.
        _proxy.Restore();
        var keys = await KeyLife.AllExpireAsync(await TestLimiters.Redis, _prefix);
        await (await TestLimiters.Redis).GetDatabase().KeyDeleteAsync(keys);
        await _redis.DisposeAsync();
        await _proxy.DisposeAsync();
        _meters.Dispose();
    }

    [Fact]
    public async Task Local_limits_apply_in_each_instance_beginning_with_full_buckets()
    {
        await TakeAsync(2, "local");
        _proxy.Stall();

        Assert.True((await TimeOutAsync(2, "local")).IsAcquired);

        var refused = await TimeOutAsync(1, "local");
        Assert.Equal((RateLimitOutcome.QuotaExceeded, true), (refused.Outcome, refused.IsDegraded));
        Assert.Equal(TimeSpan.FromMinutes(30), refused.RetryAfter + Deadline);
    }

    [Fact]
    public async Task Open_limits_admit_everything_and_do_not_pretend_to_know_what_is_left()
    {
        await TakeAsync(2, "open");
        _proxy.Stall();

        var decision = await TimeOutAsync(2, "open");

        Assert.Equal((true, true), (decision.IsAcquired, decision.IsDegraded));
        Assert.Equal((null, false), (decision.Policies[0].Remaining, decision.Policies[0].Violated));
    }

    [Fact]
    public async Task Closed_limits_refuse_as_unavailable_and_name_themselves()
    {
        _proxy.Stall();

        var decision = await TimeOutAsync(1, "open", "closed", "local");

        Assert.Equal((RateLimitOutcome.Unavailable, true), (decision.Outcome, decision.IsDegraded));
        Assert.Equal(TimeSpan.FromSeconds(1), decision.RetryAfter);
        Assert.Equal([false, true, false], decision.Policies.Select(p => p.Violated));
        // Nothing was taken from the local bucket by the refusal.
        Assert.True((await TimeOutAsync(2, "local")).IsAcquired);
    }

    [Fact]
    public async Task A_mixed_call_is_decided_by_its_local_limits()
    {
        _proxy.Stall();
        await TimeOutAsync(2, "local");

        var decision = await TimeOutAsync(1, "open", "local");

        Assert.Equal(RateLimitOutcome.QuotaExceeded, decision.Outcome);
        Assert.Equal(["open", "local"], decision.Policies.Select(p => p.Policy));
        Assert.Equal([false, true], decision.Policies.Select(p => p.Violated));
        Assert.NotNull(decision.RetryAfter);
    }

    [Fact]
    public async Task After_five_failures_nobody_waits_and_when_Redis_answers_again_it_decides_again()
    {
        await TakeAsync(2, "local");
        _proxy.Stall();
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await TimeOutAsync(0, "local")).IsDegraded);
        }

        var atOnce = _limiters.AcquireAsync([new("closed", "k")]).AsTask();
        Assert.True(atOnce.IsCompletedSuccessfully);
        Assert.Equal(TimeSpan.FromSeconds(1), (await atOnce).RetryAfter);

        // Half-open: one caller tries, and fails; the others are still turned away.
        _clock.Advance(TimeSpan.FromSeconds(1));
        var trying = _limiters.AcquireAsync([new("local", "k", 0)]).AsTask();
        Assert.False(trying.IsCompleted);
        Assert.True(_limiters.AcquireAsync([new("local", "k", 0)]).AsTask().IsCompletedSuccessfully);
        _clock.Advance(Deadline);
        Assert.True((await trying).IsDegraded);

        _proxy.Restore();
        _clock.Advance(TimeSpan.FromSeconds(1));
        var recovered = await TakeAsync(1, "local");
        Assert.Equal((RateLimitOutcome.QuotaExceeded, false), (recovered.Outcome, recovered.IsDegraded));
        Assert.False((await TakeAsync(0, "closed")).IsDegraded);
        Assert.Equal(6, _meters.Sum(RateLimitingDiagnostics.RedisFailures, "reason=timeout"));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_a_failure_of_Redis()
    {
        _proxy.Stall();
        for (var i = 0; i < 6; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var waiting = _limiters.AcquireAsync([new("local", "k")], cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        _proxy.Restore();
        Assert.False((await TakeAsync(0, "local")).IsDegraded);
        Assert.Equal(0, _meters.Sum(RateLimitingDiagnostics.RedisFailures, "reason=timeout"));
    }

    [Fact]
    public async Task A_server_error_is_an_outage_too()
    {
        // As from a full or read-only server. A clock far in the past provokes one: Redis refuses to set a key that expires before 1970.
        var options = TestLimiters.Options(o => o.AddPolicy("closed", Policy(OutageBehavior.Closed)));
        var store = new RedisLimitStore(RedisConnection.For(await TestLimiters.Redis), options, _clock, () => -10_000_000_000_000_000);
        var limiters = TestLimiters.Create(options, _clock, store, _meters.Factory);

        var decision = await limiters.AcquireAsync([new("closed", "k")]);

        Assert.Equal(RateLimitOutcome.Unavailable, decision.Outcome);
        Assert.Equal(1, _meters.Sum(RateLimitingDiagnostics.RedisFailures, "reason=error"));
    }

    private static RateLimitPolicy Policy(OutageBehavior outage) => new() { PermitLimit = 2, Window = TimeSpan.FromHours(1), Outage = outage };

    private async Task<RateLimitDecision> TakeAsync(long cost, params string[] policies)
    {
        // The deadline runs on the test's clock, which stands still here.
        var decision = await _limiters.AcquireAsync([.. policies.Select(p => new RateLimitCheck(p, "k", cost))]);
        Assert.False(decision.IsDegraded);
        return decision;
    }

    private async Task<RateLimitDecision> TimeOutAsync(long cost, params string[] policies)
    {
        var waiting = _limiters.AcquireAsync([.. policies.Select(p => new RateLimitCheck(p, "k", cost))]).AsTask();
        Assert.False(waiting.IsCompleted);
        _clock.Advance(Deadline);
        return await waiting;
    }
}
