using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests;

/// <summary>What is held, by examples: how it is given back, extended, charged, renewed, and how it lapses.</summary>
public abstract class ReservationContract
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(TestLimiters.Epoch.UtcDateTime.Date, TimeSpan.Zero).AddDays(1));

    private protected abstract RateLimiters Create(Action<RateLimitingOptions> configure);

    [Fact]
    public async Task A_lease_of_concurrency_returns_its_permits_when_it_is_disposed()
    {
        var limiters = Concurrency(2);
        using var limiter = limiters.Get("work", "k");
        var lease = await limiter.AcquireAsync(2);
        Assert.True(lease.IsAcquired);
        using var refused = await limiter.AcquireAsync();
        Assert.False(refused.IsAcquired);

        lease.Dispose();
        lease.Dispose();

        using var again = await limiter.AcquireAsync(2);
        Assert.True(again.IsAcquired);
    }

    [Fact]
    public async Task A_decision_returns_what_it_holds_when_it_is_disposed()
    {
        var limiters = Concurrency(2);
        var decision = await TakeAsync(limiters, "work", 2);
        Assert.Equal(("work", 2L), (decision.Reservations[0].Policy, decision.Reservations[0].Amount));

        var refused = await TakeAsync(limiters, "work", 1);
        Assert.False(refused.IsAcquired);
        Assert.Empty(refused.Reservations);
        // Nobody knows when others give back.
        Assert.Equal((null, false), (refused.RetryAfter, refused.Policies[0].IsNever));

        await decision.DisposeAsync();
        Assert.Equal(2, await LeftAsync(limiters, "work"));
        Assert.Equal(0, limiters.ReservationCount);
    }

    [Fact]
    public async Task A_refused_call_holds_nothing()
    {
        var limiters = Create(o => o
            .AddPolicy("work", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 2 })
            .AddPolicy("calls", new() { Algorithm = RateLimitAlgorithm.FixedWindow, PermitLimit = 1, Window = TimeSpan.FromHours(1) }));
        RateLimitCheck[] both = [new("work", "k"), new("calls", "k")];
        await using var first = await limiters.AcquireAsync(both);

        Assert.False((await limiters.AcquireAsync(both)).IsAcquired);

        Assert.Equal(1, await LeftAsync(limiters, "work"));
        Assert.Equal(1, limiters.ReservationCount);
    }

    [Fact]
    public async Task A_shadow_that_has_no_room_holds_nothing()
    {
        var limiters = Create(o => o.AddPolicy("work", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 1, Shadow = true }));
        await using var first = await TakeAsync(limiters, "work", 1);

        await using var second = await TakeAsync(limiters, "work", 1);

        Assert.True(second.IsAcquired);
        Assert.Empty(second.Reservations);
    }

    [Fact]
    public async Task What_was_used_takes_the_place_of_what_was_reserved()
    {
        var limiters = Budget(100);
        var reserved = await TakeAsync(limiters, "tokens", 60);
        Assert.Equal(40, reserved.Policies[0].Remaining);

        await reserved.Reservations[0].CommitAsync(25);

        Assert.Equal(75, await LeftAsync(limiters, "tokens"));
        await reserved.DisposeAsync();
        await reserved.Reservations[0].CommitAsync(25);
        Assert.Equal(75, await LeftAsync(limiters, "tokens"));
        Assert.False(await reserved.Reservations[0].ExtendAsync(1));
    }

    [Fact]
    public async Task A_charge_above_the_reservation_is_paid_off_by_the_next_ones()
    {
        var limiters = Budget(100);
        await using var reserved = await TakeAsync(limiters, "tokens", 10);

        await reserved.Reservations[0].CommitAsync(250);

        var refused = await TakeAsync(limiters, "tokens", 1);
        Assert.Equal((0, TimeSpan.FromHours(1)), (refused.Policies[0].Remaining, refused.RetryAfter));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.True((await TakeAsync(limiters, "tokens", 100)).IsAcquired);
    }

    [Fact]
    public async Task Charges_of_any_size_leave_a_budget_empty()
    {
        var limiters = Budget(100);
        for (var i = 0; i < 3; i++)
        {
            await (await TakeAsync(limiters, "tokens", 0)).DisposeAsync();
            Clock.Advance(TimeSpan.FromHours(1));
            await using var first = await TakeAsync(limiters, "tokens", 1);
            await using var second = await TakeAsync(limiters, "tokens", 1);
            await first.Reservations[0].CommitAsync(long.MaxValue);
            await second.Reservations[0].CommitAsync(long.MaxValue);
            Assert.Equal(0, await LeftAsync(limiters, "tokens"));
        }
    }

    [Fact]
    public async Task More_is_held_only_if_there_is_room_and_less_always()
    {
        var limiters = Budget(100);
        await using var reserved = await TakeAsync(limiters, "tokens", 60);
        await using var other = await TakeAsync(limiters, "tokens", 20);
        var reservation = reserved.Reservations[0];

        Assert.True(await reservation.ExtendAsync(80));
        Assert.False(await reservation.ExtendAsync(81));
        Assert.Equal((80, 0), (reservation.Amount, await LeftAsync(limiters, "tokens")));
        Assert.True(await reservation.ExtendAsync(5));
        Assert.Equal((5, 75), (reservation.Amount, await LeftAsync(limiters, "tokens")));
        Assert.False(await reservation.ExtendAsync(long.MaxValue));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await reservation.ExtendAsync(-1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await reservation.CommitAsync(-1));
    }

    [Fact]
    public async Task A_lease_of_a_budget_is_charged_at_once()
    {
        var limiters = Budget(100);
        using (var lease = await limiters.Get("tokens", "k").AcquireAsync(30))
        {
            Assert.True(lease.IsAcquired);
        }

        Assert.Equal(70, await LeftAsync(limiters, "tokens"));
    }

    [Fact]
    public async Task A_budget_that_is_reserved_by_others_waits_for_them_and_one_that_is_used_for_its_window()
    {
        var limiters = Budget(10);
        await using var held = await TakeAsync(limiters, "tokens", 6);
        Assert.Null((await TakeAsync(limiters, "tokens", 5)).RetryAfter);

        await held.Reservations[0].CommitAsync(6);

        Assert.Equal(TimeSpan.FromHours(1), (await TakeAsync(limiters, "tokens", 5)).RetryAfter);
    }

    [Fact]
    public async Task What_somebody_refers_to_is_renewed_at_every_beat()
    {
        var limiters = Concurrency(1);
        await using var held = await TakeAsync(limiters, "work", 1);

        await BeatAsync(limiters, 4 * Lease);

        Assert.False((await TakeAsync(limiters, "work", 1)).IsAcquired);
        Assert.Equal(1, held.Reservations[0].Amount);
    }

    [Fact]
    public async Task What_nobody_refers_to_any_more_lapses()
    {
        var limiters = Concurrency(1);
        await HoldAndForgetAsync(limiters);
        // A thread that is just leaving the call may still refer to it when the collector looks.
        for (var tries = 0; limiters.ReservationCount > 0 && tries < 100; tries++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await BeatAsync(limiters, Beat);
        }

        await BeatAsync(limiters, Lease + Beat);

        Assert.True((await TakeAsync(limiters, "work", 1)).IsAcquired);
    }

    [Fact]
    public async Task What_a_process_held_that_beats_no_more_lapses_and_its_late_settlement_is_charged()
    {
        var limiters = Budget(100);
        var held = await TakeAsync(limiters, "tokens", 60);

        // The timer is gone, and with it the beats; the connection is not this one's.
        await limiters.DisposeAsync();
        Clock.Advance(Lease);
        Assert.Equal(100, await LeftAsync(limiters, "tokens"));

        await held.Reservations[0].CommitAsync(30);
        Assert.Equal(70, await LeftAsync(limiters, "tokens"));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task HoldAndForgetAsync(RateLimiters limiters) => Assert.True((await TakeAsync(limiters, "work", 1)).IsAcquired);

    private async Task BeatAsync(RateLimiters limiters, TimeSpan duration)
    {
        for (var passed = TimeSpan.Zero; passed < duration; passed += Beat)
        {
            Clock.Advance(Beat);
            await limiters.LastBeat;
        }
    }

    private RateLimiters Concurrency(long limit) => Create(o => o.AddPolicy(
        "work", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = limit, LeaseTime = Lease }));

    private RateLimiters Budget(long limit) => Create(o => o.AddPolicy(
        "tokens", new() { Algorithm = RateLimitAlgorithm.Budget, PermitLimit = limit, Window = TimeSpan.FromHours(1), LeaseTime = Lease }));

    private static ValueTask<RateLimitDecision> TakeAsync(RateLimiters limiters, string policy, long amount) => limiters.AcquireAsync([new(policy, "k", amount)]);

    private static async Task<long?> LeftAsync(RateLimiters limiters, string policy) => (await limiters.AcquireAsync([new(policy, "k", 0)])).Policies[0].Remaining;
}

public sealed class EmbeddedReservationTests : ReservationContract
{
    private protected override RateLimiters Create(Action<RateLimitingOptions> configure) => TestLimiters.Embedded(Clock, configure);
}

public sealed class RedisReservationTests : ReservationContract
{
    private protected override RateLimiters Create(Action<RateLimitingOptions> configure) =>
        TestLimiters.OnRedisAsync(Clock, configure).GetAwaiter().GetResult();
}
