using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>What every implementation promises, on a clock the test moves.</summary>
public abstract class LimiterContract
{
    protected FakeTimeProvider Clock { get; } = new(TestLimiters.Epoch);

    protected abstract IRateLimiters Create(Action<RateLimitingOptions> configure);

    private IRateLimiters Create(long limit, TimeSpan window) => Create(o => o.AddPolicy("p", Policy(limit, window)));

    private static RateLimitPolicy Policy(long limit, TimeSpan window) => new() { PermitLimit = limit, Window = window };

    private static ValueTask<RateLimitDecision> Take(IRateLimiters limiters, long cost = 1, string key = "k", string policy = "p") =>
        limiters.AcquireAsync([new(policy, key, cost)]);

    [Fact]
    public async Task Acquire_counts_down_to_zero_and_then_rejects()
    {
        var limiters = Create(3, TimeSpan.FromSeconds(3));

        foreach (var remaining in (long[])[2, 1, 0])
        {
            var decision = await Take(limiters);
            Assert.True(decision.IsAcquired);
            Assert.Null(decision.RetryAfter);
            Assert.False(decision.IsDegraded);
            var status = Assert.Single(decision.Policies);
            Assert.Equal(("p", 3, TimeSpan.FromSeconds(3), remaining), (status.Policy, status.Limit, status.Window, status.Remaining));
            Assert.Equal(TimeSpan.FromSeconds(3 - remaining), status.ResetAfter);
            Assert.False(status.Violated);
        }

        var refused = await Take(limiters);
        Assert.Equal(RateLimitOutcome.QuotaExceeded, refused.Outcome);
        Assert.True(refused.Policies[0].Violated);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
    }

    [Fact]
    public async Task A_rejection_takes_nothing_and_its_retry_time_is_exact_to_the_microsecond()
    {
        var limiters = Create(3, TimeSpan.FromSeconds(1));
        await Take(limiters, 3);

        var refused = await Take(limiters);
        Assert.Equal(TimeSpan.FromMicroseconds(333_334), refused.RetryAfter);

        Clock.Advance(refused.RetryAfter!.Value - TimeSpan.FromMicroseconds(1));
        Assert.Equal(TimeSpan.FromMicroseconds(1), (await Take(limiters)).RetryAfter);

        Clock.Advance(TimeSpan.FromMicroseconds(1));
        Assert.True((await Take(limiters)).IsAcquired);
    }

    [Fact]
    public async Task A_limit_that_does_not_divide_the_window_does_not_drift()
    {
        var limiters = Create(7, TimeSpan.FromSeconds(1));
        await Take(limiters, 7);
        var start = Clock.GetUtcNow();

        for (var i = 0; i < 70; i++)
        {
            Clock.Advance((await Take(limiters)).RetryAfter!.Value);
            Assert.True((await Take(limiters)).IsAcquired);
        }

        Assert.Equal(TimeSpan.FromSeconds(10), Clock.GetUtcNow() - start);
    }

    [Fact]
    public async Task An_idle_bucket_is_full_again_after_the_window_and_never_more_than_full()
    {
        var limiters = Create(5, TimeSpan.FromMinutes(1));
        await Take(limiters, 5);

        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(5, (await Take(limiters, 0)).Policies[0].Remaining);

        Clock.Advance(TimeSpan.FromHours(1));
        Assert.True((await Take(limiters, 5)).IsAcquired);
        Assert.False((await Take(limiters)).IsAcquired);
    }

    [Fact]
    public async Task Windows_below_a_second_refill_in_their_own_time()
    {
        var limiters = Create(4, TimeSpan.FromMilliseconds(2));
        await Take(limiters, 4);

        Assert.Equal(TimeSpan.FromMicroseconds(500), (await Take(limiters)).RetryAfter);
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, (await Take(limiters, 0)).Policies[0].Remaining);
    }

    [Fact]
    public async Task Limits_at_the_ends_of_their_range_stay_exact()
    {
        var limiters = Create(o => o
            .AddPolicy("dense", Policy(1_000_000_000_000, TimeSpan.FromMilliseconds(1)))
            .AddPolicy("sparse", Policy(1, TimeSpan.FromDays(366)))
            .AddPolicy("odd", Policy(999_999_999_989, TimeSpan.FromDays(366))));

        Assert.Equal(1, (await Take(limiters, 999_999_999_999, policy: "dense")).Policies[0].Remaining);
        Assert.True((await Take(limiters, 1, policy: "sparse")).IsAcquired);
        Assert.Equal(TimeSpan.FromDays(366), (await Take(limiters, 1, policy: "sparse")).RetryAfter);
        Assert.Equal(2, (await Take(limiters, 999_999_999_987, policy: "odd")).Policies[0].Remaining);
        Assert.Equal(1, (await Take(limiters, 1, policy: "odd")).Policies[0].Remaining);
    }

    [Fact]
    public async Task Several_limits_are_charged_together_or_not_at_all()
    {
        var limiters = Create(o => o
            .AddPolicy("wide", Policy(10, TimeSpan.FromMinutes(1)))
            .AddPolicy("narrow", Policy(2, TimeSpan.FromMinutes(1))));
        RateLimitCheck[] both = [new("wide", "ada"), new("narrow", "ada")];
        Assert.True((await limiters.AcquireAsync(both)).IsAcquired);
        Assert.True((await limiters.AcquireAsync(both)).IsAcquired);

        var refused = await limiters.AcquireAsync(both);

        Assert.False(refused.IsAcquired);
        Assert.Equal([false, true], refused.Policies.Select(p => p.Violated));
        Assert.Equal([null, TimeSpan.FromSeconds(30)], refused.Policies.Select(p => p.RetryAfter));
        Assert.Equal(TimeSpan.FromSeconds(30), refused.RetryAfter);
        Assert.Equal(8, (await Take(limiters, 0, "ada", "wide")).Policies[0].Remaining);
    }

    [Fact]
    public async Task When_several_limits_refuse_the_longest_wait_counts()
    {
        var limiters = Create(o => o
            .AddPolicy("short", Policy(1, TimeSpan.FromSeconds(5)))
            .AddPolicy("long", Policy(1, TimeSpan.FromSeconds(60)))
            .AddPolicy("medium", Policy(1, TimeSpan.FromSeconds(10))));
        RateLimitCheck[] all = [new("short", "k"), new("long", "k"), new("medium", "k")];
        await limiters.AcquireAsync(all);

        Assert.Equal(TimeSpan.FromSeconds(60), (await limiters.AcquireAsync(all)).RetryAfter);
    }

    [Fact]
    public async Task Cost_zero_takes_nothing_and_tells_whether_a_permit_is_left()
    {
        var limiters = Create(1, TimeSpan.FromSeconds(10));

        Assert.True((await Take(limiters, 0)).IsAcquired);
        Assert.True((await Take(limiters, 1)).IsAcquired);

        var empty = await Take(limiters, 0);
        Assert.False(empty.IsAcquired);
        Assert.Equal(TimeSpan.FromSeconds(10), empty.RetryAfter);
    }

    [Fact]
    public async Task Cost_above_the_limit_is_refused_for_ever_and_takes_nothing()
    {
        var limiters = Create(5, TimeSpan.FromSeconds(1));

        foreach (var cost in (long[])[6, long.MaxValue])
        {
            var decision = await limiters.AcquireAsync([new("p", "k", cost), new("p", "other")]);
            Assert.False(decision.IsAcquired);
            Assert.Null(decision.RetryAfter);
            Assert.Equal([true, false], decision.Policies.Select(p => p.Violated));
        }

        Assert.Equal(5, (await Take(limiters, 0)).Policies[0].Remaining);
        Assert.True((await Take(limiters, 5, "other")).IsAcquired);

        // That another limit would admit after a while changes nothing.
        var both = await limiters.AcquireAsync([new("p", "other"), new("p", "k", 6)]);
        Assert.Equal([TimeSpan.FromMilliseconds(200), null], both.Policies.Select(p => p.RetryAfter));
        Assert.Null(both.RetryAfter);
    }

    [Fact]
    public async Task Keys_and_policies_have_buckets_of_their_own()
    {
        var limiters = Create(o => o.AddPolicy("p", Policy(1, TimeSpan.FromHours(1))).AddPolicy("q", Policy(1, TimeSpan.FromHours(1))));

        Assert.True((await Take(limiters, key: "a")).IsAcquired);
        Assert.True((await Take(limiters, key: "A")).IsAcquired);
        Assert.True((await Take(limiters, key: "a", policy: "q")).IsAcquired);
        Assert.False((await Take(limiters, key: "a")).IsAcquired);
    }

    [Fact]
    public async Task Bad_calls_are_refused_in_words()
    {
        var limiters = Create(1, TimeSpan.FromSeconds(1));
        async Task Throws<TException>(string words, params RateLimitCheck[] checks)
            where TException : ArgumentException =>
            Assert.Contains(words, (await Assert.ThrowsAsync<TException>(async () => await limiters.AcquireAsync(checks))).Message, StringComparison.Ordinal);

        await Throws<ArgumentException>("0 checks");
        await Throws<ArgumentException>("33 checks", [.. Enumerable.Range(0, 33).Select(i => new RateLimitCheck("p", $"{i}"))]);
        await Throws<ArgumentException>("no policy named 'x'; there are: p", new RateLimitCheck("x", "k"));
        await Throws<ArgumentException>("twice", new RateLimitCheck("p", "k"), new RateLimitCheck("p", "k", 2));
        await Throws<ArgumentException>("empty", new RateLimitCheck("p", ""));
        await Throws<ArgumentOutOfRangeException>("non-negative", new RateLimitCheck("p", "k", -1));
        Assert.Throws<ArgumentException>(() => limiters.Get("x", "k"));
        Assert.Throws<ArgumentException>(() => limiters.CreatePartitioned<string>("x", k => k));
        Assert.Equal(1, (await Take(limiters, 0)).Policies[0].Remaining);
    }

    [Fact]
    public async Task A_cancelled_call_takes_nothing()
    {
        var limiters = Create(1, TimeSpan.FromHours(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await limiters.AcquireAsync([new("p", "k")], new CancellationToken(canceled: true)));

        Assert.True((await Take(limiters)).IsAcquired);
    }

    [Fact]
    public async Task A_lease_carries_the_standard_metadata_and_ours()
    {
        using var limiter = Create(3, TimeSpan.FromSeconds(3)).Get("p", "k");

        using var lease = await limiter.AcquireAsync(2);
        Assert.True(lease.IsAcquired);
        Assert.Equal(
            [RateLimitMetadata.Policy.Name, RateLimitMetadata.Limit.Name, RateLimitMetadata.Remaining.Name, RateLimitMetadata.ResetAfter.Name],
            lease.MetadataNames);
        Assert.True(lease.TryGetMetadata(RateLimitMetadata.Policy, out var policy) && policy == "p");
        Assert.True(lease.TryGetMetadata(RateLimitMetadata.Limit, out var limit) && limit == 3);
        Assert.True(lease.TryGetMetadata(RateLimitMetadata.Remaining, out var remaining) && remaining == 1);
        Assert.True(lease.TryGetMetadata(RateLimitMetadata.ResetAfter, out var reset) && reset == TimeSpan.FromSeconds(2));

        using var refused = await limiter.AcquireAsync(2);
        Assert.False(refused.IsAcquired);
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) && retryAfter == TimeSpan.FromSeconds(1));
        Assert.True(refused.TryGetMetadata(MetadataName.ReasonPhrase, out var reason) && reason == "The quota is exceeded.");

        using var never = await limiter.AcquireAsync(4);
        Assert.False(never.TryGetMetadata(MetadataName.RetryAfter, out _));
        Assert.True(never.TryGetMetadata(MetadataName.ReasonPhrase, out reason) && reason == "The cost is above the limit.");
        Assert.False(never.TryGetMetadata("OTHER", out _));
    }

    [Fact]
    public async Task Handles_and_partitions_over_one_bucket_act_as_one_limiter()
    {
        var limiters = Create(2, TimeSpan.FromHours(1));
        using var handle = limiters.Get("p", "user 7");
        await using var partitioned = limiters.CreatePartitioned<int>("p", user => $"user {user}");

        Assert.True((await handle.AcquireAsync()).IsAcquired);
        Assert.True((await partitioned.AcquireAsync(7)).IsAcquired);

        Assert.False((await partitioned.AcquireAsync(7)).IsAcquired);
        Assert.False((await limiters.Get("p", "user 7").AcquireAsync()).IsAcquired);
        Assert.True((await partitioned.AcquireAsync(8)).IsAcquired);
    }

    [Fact]
    public async Task Statistics_of_a_handle_tell_its_leases_and_what_is_left()
    {
        using var limiter = Create(2, TimeSpan.FromHours(1)).Get("p", "k");
        Assert.Equal(2, limiter.GetStatistics()!.CurrentAvailablePermits);

        await limiter.AcquireAsync();
        await limiter.AcquireAsync(2);

        var statistics = limiter.GetStatistics()!;
        Assert.Equal((1, 1, 1, 0), (
            statistics.CurrentAvailablePermits, statistics.TotalSuccessfulLeases, statistics.TotalFailedLeases, statistics.CurrentQueuedCount));
    }

    [Fact]
    public async Task A_handle_is_idle_since_its_last_use_so_that_partition_managers_let_it_go()
    {
        using var limiter = Create(2, TimeSpan.FromHours(1)).Get("p", "k");
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(30), limiter.IdleDuration);

        await limiter.AcquireAsync();

        Assert.Equal(TimeSpan.Zero, limiter.IdleDuration);
    }
}
