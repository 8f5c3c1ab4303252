using Microsoft.Extensions.Time.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>Each algorithm by examples, on a clock the test moves; it starts at the beginning of an hour.</summary>
public abstract class AlgorithmContract
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    // Ahead of the clock of Redis, which drops keys by its own.
    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(TestLimiters.Epoch.UtcDateTime.Date, TimeSpan.Zero).AddDays(1));

    protected abstract IRateLimiters Create(Action<RateLimitingOptions> configure);

    [Fact]
    public async Task A_fixed_window_begins_anew_at_its_border()
    {
        var limiters = Create(RateLimitAlgorithm.FixedWindow, 3, TimeSpan.FromMinutes(1));
        Clock.Advance(59 * Second);
        Assert.True((await Take(limiters, 3)).IsAcquired);

        var refused = await Take(limiters);
        Assert.Equal((0, Second, Second), (refused.Policies[0].Remaining, refused.Policies[0].ResetAfter, refused.RetryAfter));

        Clock.Advance(Second - Microsecond);
        Assert.False((await Take(limiters)).IsAcquired);
        Clock.Advance(Microsecond);
        Assert.True((await Take(limiters, 3)).IsAcquired);
    }

    [Fact]
    public async Task A_fixed_window_of_a_day_is_that_of_UTC()
    {
        var limiters = Create(RateLimitAlgorithm.FixedWindow, 1, TimeSpan.FromDays(1));
        Clock.Advance(TimeSpan.FromHours(23));
        await Take(limiters);

        Assert.Equal(TimeSpan.FromHours(1), (await Take(limiters)).RetryAfter);
    }

    [Fact]
    public async Task A_sliding_window_gives_a_permit_back_at_most_one_segment_late()
    {
        var limiters = Create(RateLimitAlgorithm.SlidingWindow, 4, 10 * Second);
        Clock.Advance(0.5 * Second);
        await Take(limiters, 3);
        Clock.Advance(5 * Second);
        await Take(limiters);

        // 3 were taken in the first second, which counts until the eleventh is over; not at 10.5 s, but never before.
        var refused = await Take(limiters);
        Assert.Equal(5.5 * Second, refused.RetryAfter);
        Assert.Equal(10.5 * Second, refused.Policies[0].ResetAfter);
        Clock.Advance(5.5 * Second - Microsecond);
        Assert.False((await Take(limiters)).IsAcquired);
        Clock.Advance(Microsecond);
        Assert.Equal(0, (await Take(limiters, 3)).Policies[0].Remaining);
    }

    [Fact]
    public async Task A_sliding_window_has_no_border_at_which_twice_the_limit_is_admitted()
    {
        var limiters = Create(RateLimitAlgorithm.SlidingWindow, 5, 10 * Second);
        Clock.Advance(9.9 * Second);
        await Take(limiters, 5);

        Clock.Advance(0.2 * Second);
        Assert.False((await Take(limiters)).IsAcquired);
        Clock.Advance(9.8 * Second);
        Assert.False((await Take(limiters)).IsAcquired);
    }

    [Fact]
    public async Task A_log_gives_each_permit_back_when_its_own_window_is_over()
    {
        var limiters = Create(RateLimitAlgorithm.SlidingLog, 3, 10 * Second);
        await Take(limiters, 1);
        Clock.Advance(4 * Second);
        await Take(limiters, 2);

        Assert.Equal(6 * Second, (await Take(limiters, 1)).RetryAfter);
        Assert.Equal(10 * Second, (await Take(limiters, 2)).RetryAfter);
        Clock.Advance(6 * Second - Microsecond);
        Assert.False((await Take(limiters)).IsAcquired);
        Clock.Advance(Microsecond);
        Assert.Equal((0, 10 * Second), ((await Take(limiters)).Policies[0].Remaining, (await Take(limiters, 0)).Policies[0].ResetAfter));
    }

    [Theory]
    [InlineData(RateLimitAlgorithm.FixedWindow)]
    [InlineData(RateLimitAlgorithm.SlidingWindow)]
    [InlineData(RateLimitAlgorithm.SlidingLog)]
    [InlineData(RateLimitAlgorithm.Concurrency)]
    [InlineData(RateLimitAlgorithm.Budget)]
    [InlineData(RateLimitAlgorithm.SlidingBudget)]
    public async Task Cost_above_the_limit_is_never_admitted_and_no_sum_overflows(RateLimitAlgorithm algorithm)
    {
        var limiters = Create(algorithm, 5, algorithm == RateLimitAlgorithm.Concurrency ? TimeSpan.Zero : TimeSpan.FromHours(1));
        await using var held = await Take(limiters, 2);

        foreach (var cost in (long[])[6, 1L << 53, long.MaxValue])
        {
            var never = await Take(limiters, cost);
            Assert.False(never.IsAcquired);
            Assert.True(never.Policies[0].IsNever);
            Assert.Null(never.RetryAfter);
        }

        Assert.Equal(3, (await Take(limiters, 0)).Policies[0].Remaining);
    }

    [Fact]
    public async Task A_shadow_counts_and_tells_but_does_not_refuse()
    {
        var limiters = Create(o => o
            .AddPolicy("shadow", Policy(RateLimitAlgorithm.FixedWindow, 1, TimeSpan.FromMinutes(1)) with { Shadow = true })
            .AddPolicy("real", Policy(RateLimitAlgorithm.FixedWindow, 3, TimeSpan.FromMinutes(1))));
        RateLimitCheck[] both = [new("shadow", "k"), new("real", "k")];

        Assert.Equal([false, false], (await limiters.AcquireAsync(both)).Policies.Select(status => status.Violated));
        var told = await limiters.AcquireAsync(both);
        Assert.True(told.IsAcquired);
        Assert.Null(told.RetryAfter);
        Assert.Equal([true, false], told.Policies.Select(status => status.Violated));
        Assert.Equal([true, false], told.Policies.Select(status => status.IsShadow));
        Assert.Equal([0, 1], told.Policies.Select(status => status.Remaining));

        // The refusal of another takes nothing of it either.
        await limiters.AcquireAsync(both);
        var refused = await limiters.AcquireAsync(both);
        Assert.False(refused.IsAcquired);
        Assert.Equal(TimeSpan.FromMinutes(1), refused.RetryAfter);
    }

    [Fact]
    public async Task The_tightest_policy_has_the_smallest_part_left()
    {
        var limiters = Create(o => o
            .AddPolicy("much", Policy(RateLimitAlgorithm.TokenBucket, 1000, TimeSpan.FromMinutes(1)))
            .AddPolicy("little", Policy(RateLimitAlgorithm.SlidingLog, 10, TimeSpan.FromMinutes(1))));

        Assert.Equal("much", (await limiters.AcquireAsync([new("much", "k", 200), new("little", "k")])).Tightest!.Policy);
        Assert.Equal("little", (await limiters.AcquireAsync([new("much", "k"), new("little", "k", 7)])).Tightest!.Policy);
    }

    [Fact]
    public async Task Plans_and_overrides_give_keys_limits_of_their_own()
    {
        var policy = Policy(RateLimitAlgorithm.FixedWindow, 1, TimeSpan.FromMinutes(1));
        policy.Plans["pro"] = new() { PermitLimit = 3 };
        policy.Plans["staff"] = new() { Exempt = true };
        policy.Overrides["ada"] = new() { PermitLimit = 7, Window = TimeSpan.FromMinutes(2) };
        var limiters = Create(o => o.AddPolicy("p", policy));
        async Task<long?> LimitOf(string key, string? plan)
        {
            var decision = await limiters.AcquireAsync([new("p", key) { Plan = plan }]);
            return decision.Policies.SingleOrDefault()?.Limit;
        }

        Assert.Equal([1, 3, 1, null, 7], [await LimitOf("a", null), await LimitOf("b", "pro"), await LimitOf("c", "none"), await LimitOf("d", "staff"), await LimitOf("ada", "pro")]);
        Assert.False((await limiters.AcquireAsync([new("p", "a")])).IsAcquired);
        Assert.True((await limiters.AcquireAsync([new("p", "a") { Plan = "pro" }])).IsAcquired);
    }

    [Theory]
    [InlineData(RateLimitAlgorithm.TokenBucket)]
    [InlineData(RateLimitAlgorithm.SlidingWindow)]
    [InlineData(RateLimitAlgorithm.SlidingLog)]
    [InlineData(RateLimitAlgorithm.Budget)]
    public async Task Looking_at_a_key_by_the_default_rules_leaves_those_of_its_plan_alone(RateLimitAlgorithm algorithm)
    {
        var policy = Policy(algorithm, 5, 10 * Second);
        policy.Plans["daily"] = new() { Window = TimeSpan.FromDays(1) };
        var limiters = Create(o => o.AddPolicy("p", policy));
        await using var used = await limiters.AcquireAsync([new("p", "k", 5) { Plan = "daily" }]);
        await Task.WhenAll(used.Reservations.Select(reservation => reservation.CommitAsync(5).AsTask()));
        Clock.Advance(TimeSpan.FromMinutes(1));

        await ((IRateLimitAdministration)limiters).PeekAsync("p", "k");
        Clock.Advance(11 * Second);

        Assert.False((await limiters.AcquireAsync([new("p", "k", 4) { Plan = "daily" }])).IsAcquired);
    }

    [Theory]
    [InlineData(RateLimitAlgorithm.TokenBucket)]
    [InlineData(RateLimitAlgorithm.FixedWindow)]
    [InlineData(RateLimitAlgorithm.SlidingWindow)]
    [InlineData(RateLimitAlgorithm.SlidingLog)]
    public async Task A_shorter_window_frees_a_key_after_that_window(RateLimitAlgorithm algorithm)
    {
        var policy = Policy(algorithm, 5, TimeSpan.FromDays(1));
        policy.Plans["quick"] = new() { Window = 10 * Second };
        var limiters = Create(o => o.AddPolicy("p", policy));
        await limiters.AcquireAsync([new("p", "k", 5)]);
        RateLimitCheck[] quick = [new("p", "k", 5) { Plan = "quick" }];
        Clock.Advance(Second);

        if (await limiters.AcquireAsync(quick) is { IsAcquired: false } refused)
        {
            Assert.InRange(refused.RetryAfter!.Value, TimeSpan.Zero, 11 * Second);
            Clock.Advance(refused.RetryAfter.Value);
            Assert.True((await limiters.AcquireAsync(quick)).IsAcquired);
        }
    }

    protected static RateLimitPolicy Policy(RateLimitAlgorithm algorithm, long limit, TimeSpan window) =>
        new() { Algorithm = algorithm, PermitLimit = limit, Window = window };

    private IRateLimiters Create(RateLimitAlgorithm algorithm, long limit, TimeSpan window) => Create(o => o.AddPolicy("p", Policy(algorithm, limit, window)));

    private static ValueTask<RateLimitDecision> Take(IRateLimiters limiters, long cost = 1) => limiters.AcquireAsync([new("p", "k", cost)]);
}

public sealed class EmbeddedAlgorithmTests : AlgorithmContract
{
    protected override IRateLimiters Create(Action<RateLimitingOptions> configure) => TestLimiters.Embedded(Clock, configure);
}

public sealed class RedisAlgorithmTests : AlgorithmContract
{
    protected override IRateLimiters Create(Action<RateLimitingOptions> configure) => TestLimiters.OnRedisAsync(Clock, configure).GetAwaiter().GetResult();
}
