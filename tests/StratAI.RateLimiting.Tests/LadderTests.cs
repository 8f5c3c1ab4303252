using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.RateLimiting.Redis;
using StratAI.Shared.Redis;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>What each policy does from the first call that Redis does not answer until Redis is back.</summary>
public sealed class LadderTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _clock = new(TestLimiters.Epoch);
    private readonly TcpProxy _proxy = new(TestServers.Redis.Split(',')[0]);
    private readonly string _prefix = TestLimiters.NewPrefix();
    private readonly List<ConnectionMultiplexer> _connections = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _proxy.Restore();
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Each_of_three_instances_applies_a_third_of_the_limit_for_a_while_and_then_the_policy_ends()
    {
        var instances = new[] { await NewInstanceAsync(), await NewInstanceAsync(), await NewInstanceAsync() };
        foreach (var instance in instances.Reverse())
        {
            await instance.ConnectAsync();
        }

        _proxy.Stall();
        await OpenBreakerAsync(instances[0]);

        // Those that heard of all three; the first one to connect heard of itself alone until its next beat.
        Assert.Equal(3, await CountAsync(instances[0], "open", 10));
        Assert.Equal(3, await CountAsync(instances[0], "closed", 10));
        Assert.Equal(1, await CountAsync(instances[0], "single", 10));

        _clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(10, await CountAsync(instances[0], "open", 10));
        Assert.Equal(0, await CountAsync(instances[0], "closed", 10));
        Assert.Equal(RateLimitOutcome.Unavailable, (await TakeAsync(instances[0], "closed")).Outcome);
    }

    [Fact]
    public async Task An_instance_that_leaves_or_falls_silent_makes_the_others_shares_larger()
    {
        var (first, second, third) = (await NewInstanceAsync(), await NewInstanceAsync(), await NewInstanceAsync());
        await third.ConnectAsync();
        await second.ConnectAsync();
        await first.ConnectAsync();
        await third.DisposeAsync();

        await first.ConnectAsync();
        _proxy.Stall();
        await OpenBreakerAsync(first);

        Assert.Equal(5, await CountAsync(first, "open", 10));
    }

    [Fact]
    public async Task During_an_outage_a_policy_that_takes_blocks_takes_single_permits()
    {
        var instance = await NewInstanceAsync();
        _proxy.Stall();
        await OpenBreakerAsync(instance);

        Assert.Equal(10, await CountAsync(instance, "blocks", 20));
    }

    [Fact]
    public async Task A_policy_that_only_counts_never_refuses()
    {
        var instance = await NewInstanceAsync();
        _proxy.Stall();
        await OpenBreakerAsync(instance);
        _clock.Advance(TimeSpan.FromSeconds(31));

        var decision = await TakeAsync(instance, "shadow");

        Assert.True(decision.IsAcquired);
        Assert.True(decision.IsDegraded);
    }

    [Fact]
    public async Task What_is_held_and_used_while_Redis_is_away_is_in_Redis_when_it_is_back()
    {
        var (first, second) = (await NewInstanceAsync(), await NewInstanceAsync());
        var before = await first.AcquireAsync([new("tokens", "k", 100)]);
        _proxy.Stall();
        await OpenBreakerAsync(first);

        var during = await first.AcquireAsync([new("tokens", "k", 200), new("running", "k")]);
        Assert.True(during.IsDegraded);
        await before.Reservations[0].CommitAsync(50);
        await before.Reservations[0].CommitAsync(999);
        _proxy.Restore();
        _clock.Advance(TimeSpan.FromSeconds(5));
        await BeatAsync(first);

        Assert.Equal(1_000 - 50 - 200, (await second.PeekAsync("tokens", "k"))!.Remaining);
        Assert.Equal(1, (await second.PeekAsync("running", "k"))!.Remaining);

        await during.DisposeAsync();
        Assert.Equal(950, (await second.PeekAsync("tokens", "k"))!.Remaining);
        Assert.Equal(2, (await second.PeekAsync("running", "k"))!.Remaining);
    }

    [Fact]
    public async Task A_call_that_was_refused_because_its_answer_came_too_late_leaves_nothing_held()
    {
        var (first, second) = (await NewInstanceAsync(), await NewInstanceAsync());
        _proxy.Stall();
        var calling = first.AcquireAsync([new("strict", "k", 2)]).AsTask();
        _clock.Advance(Deadline);
        Assert.Equal(RateLimitOutcome.Unavailable, (await calling).Outcome);

        // Only now does Redis get the call, and holds what nobody knows of.
        _proxy.Restore();
        await BeatAsync(first);

        Assert.Equal(2, (await second.PeekAsync("strict", "k"))!.Remaining);
    }

    /// <summary>Until the breaker has closed and all is settled. The beat's own timer may take a try of the breaker, so one may be too few.</summary>
    private async Task BeatAsync(RateLimiters limiters)
    {
        for (var i = 0; i < 20 && (limiters.IsBroken || limiters.UnsettledCount > 0); i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await limiters.ConnectAsync();
        }

        Assert.False(limiters.IsBroken);
        Assert.Equal(0, limiters.UnsettledCount);
    }

    private async Task<RateLimiters> NewInstanceAsync()
    {
        var connection = await ConnectionMultiplexer.ConnectAsync($"{_proxy.Endpoint},connectTimeout=10000,asyncTimeout=30000");
        _connections.Add(connection);
        var options = TestLimiters.Options(o =>
        {
            (o.KeyPrefix, o.RedisTimeout, o.DenialCacheDuration) = (_prefix, Deadline, TimeSpan.Zero);
            var ladder = new RateLimitPolicy
            {
                Algorithm = RateLimitAlgorithm.FixedWindow, PermitLimit = 10, Window = TimeSpan.FromHours(1), LocalShareFor = TimeSpan.FromSeconds(30), Outage = OutageBehavior.Open,
            };
            o.AddPolicy("open", ladder).AddPolicy("closed", ladder with { Outage = OutageBehavior.Closed }).AddPolicy("single", ladder with { PermitLimit = 2 });
            o.AddPolicy("blocks", ladder with { BlockSize = 4 });
            o.AddPolicy("shadow", ladder with { Shadow = true, Outage = OutageBehavior.Closed });
            o.AddPolicy("tokens", ladder with { Algorithm = RateLimitAlgorithm.Budget, PermitLimit = 1_000, Outage = OutageBehavior.Local, LeaseTime = TimeSpan.FromMinutes(10) });
            o.AddPolicy("running", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 2, LeaseTime = TimeSpan.FromMinutes(10) });
            o.AddPolicy("strict", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 2, LeaseTime = TimeSpan.FromMinutes(10), Outage = OutageBehavior.Closed });
        });
        return TestLimiters.Create(options, _clock, new RedisLimitStore(RedisConnection.For(connection), options, _clock));
    }

    private async Task OpenBreakerAsync(RateLimiters limiters)
    {
        for (var i = 0; i < 5; i++)
        {
            await TakeAsync(limiters, "breaker", cost: 0);
        }

        Assert.True(limiters.IsBroken);
    }

    private async Task<RateLimitDecision> TakeAsync(RateLimiters limiters, string policy, long cost = 1)
    {
        var calling = limiters.AcquireAsync([new(policy == "breaker" ? "open" : policy, policy, cost)]).AsTask();
        if (!calling.IsCompleted)
        {
            _clock.Advance(Deadline);
        }

        return await calling;
    }

    private async Task<int> CountAsync(RateLimiters limiters, string policy, int calls)
    {
        var admitted = 0;
        for (var i = 0; i < calls; i++)
        {
            admitted += (await TakeAsync(limiters, policy)).IsAcquired ? 1 : 0;
        }

        return admitted;
    }
}
