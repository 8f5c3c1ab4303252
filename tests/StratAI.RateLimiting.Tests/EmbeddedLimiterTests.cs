using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests;

public sealed class EmbeddedLimiterTests : LimiterContract
{
    private static readonly LimitPolicy Hourly = new("p", new() { PermitLimit = 10, Window = TimeSpan.FromHours(1) });

    protected override IRateLimiters Create(Action<RateLimitingOptions> configure) => TestLimiters.Embedded(Clock, configure);

    [Fact]
    public void AttemptAcquire_decides_at_once()
    {
        var limiters = Create(o => o.AddPolicy("p", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) }));
        using var partitioned = limiters.CreatePartitioned<string>("p", key => key);

        Assert.False(limiters.IsDistributed);
        Assert.True(limiters.Get("p", "k").AttemptAcquire().IsAcquired);
        Assert.False(partitioned.AttemptAcquire("k").IsAcquired);
        Assert.True(partitioned.AttemptAcquire("l").IsAcquired);
        var statistics = partitioned.GetStatistics("l")!;
        Assert.Equal((0, 1, 1), (statistics.CurrentAvailablePermits, statistics.TotalSuccessfulLeases, statistics.TotalFailedLeases));
    }

    [Fact]
    public async Task Parallel_callers_over_overlapping_keys_are_admitted_exactly_to_the_limit()
    {
        var limiters = Create(o => o
            .AddPolicy("a", new() { PermitLimit = 15_000, Window = TimeSpan.FromHours(1) })
            .AddPolicy("b", new() { PermitLimit = 30_000, Window = TimeSpan.FromHours(1) }));

        // Two orders of the same pair of locks: a deadlock would run into the timeout, a lost update would admit more.
        var admitted = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            RateLimitCheck[] checks = [new("a", "k"), new("b", "l")];
            if (worker % 2 == 0)
            {
                Array.Reverse(checks);
            }

            var count = 0;
            for (var i = 0; i < 5_000; i++)
            {
                count += (await limiters.AcquireAsync(checks)).IsAcquired ? 1 : 0;
            }

            return count;
        }))).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(15_000, admitted.Sum());
        Assert.Equal(15_000, (await limiters.AcquireAsync([new("b", "l", 0)])).Policies[0].Remaining);
    }

    [Fact]
    public void Buckets_that_are_full_again_are_dropped()
    {
        var store = new EmbeddedLimitStore(Clock);
        for (var round = 0; round < 10; round++)
        {
            Fill(store, round, count: 20_000, cost: 1);
            Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.InRange(store.Count, 1, 60_000);
    }

    [Fact]
    public void Memory_is_capped_and_the_buckets_furthest_from_full_are_kept()
    {
        var store = new EmbeddedLimitStore(Clock, capacity: 6400);
        LimitRequest[] empty = [Request(UInt128.MaxValue, cost: 10)];
        Assert.True(store.Acquire(empty).Acquired);

        Fill(store, round: 1, count: 100_000, cost: 1);

        Assert.InRange(store.Count, 1, 6400);
        Assert.False(store.Acquire(empty).Acquired);
    }

    private void Fill(EmbeddedLimitStore store, int round, int count, long cost)
    {
        for (var i = 0; i < count; i++)
        {
            Clock.Advance(TimeSpan.FromMicroseconds(1));
            store.Acquire([Request(new UInt128((ulong)round, (ulong)i), cost)]);
        }
    }

    private static LimitRequest Request(UInt128 hash, long cost) => new(Hourly, Hourly.Rules, "k", null, cost) { Key = new("p", hash) };
}
