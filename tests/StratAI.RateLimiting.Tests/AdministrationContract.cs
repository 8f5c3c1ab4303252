using Microsoft.Extensions.Time.Testing;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests;

/// <summary>What operators are promised, in the process and on Redis.</summary>
public abstract class AdministrationContract
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    protected FakeTimeProvider Clock { get; } = new(TestLimiters.Epoch);

    public static TheoryData<RateLimitAlgorithm> Algorithms { get; } = [.. Enum.GetValues<RateLimitAlgorithm>()];

    private protected abstract Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Peek_tells_what_is_left_and_takes_nothing(RateLimitAlgorithm algorithm)
    {
        var limiters = await CreateAsync(o => o.AddPolicy("p", Policy(algorithm)));
        Assert.Equal(10, (await limiters.PeekAsync("p", "k"))!.Remaining);
        await using var decision = await limiters.AcquireAsync([new("p", "k", 4)]);

        for (var i = 0; i < 3; i++)
        {
            var status = (await limiters.PeekAsync("P", "k"))!;
            Assert.Equal(("p", algorithm, 10, 6L, false), (status.Policy, status.Algorithm, status.Limit, status.Remaining, status.Violated));
        }

        Assert.Equal(10, (await limiters.PeekAsync("p", "other"))!.Remaining);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Reset_gives_a_key_its_whole_limit_again_at_once(RateLimitAlgorithm algorithm)
    {
        var limiters = await CreateAsync(o => o.AddPolicy("p", Policy(algorithm)).DenialCacheDuration = TimeSpan.FromMinutes(1));
        Assert.False(await limiters.ResetAsync("p", "k"));
        await using var decision = await limiters.AcquireAsync([new("p", "k", 10)]);
        await using var other = await limiters.AcquireAsync([new("p", "other", 10)]);
        Assert.False((await limiters.AcquireAsync([new("p", "k")])).IsAcquired);

        Assert.True(await limiters.ResetAsync("p", "k"));

        // Also where this instance remembered that the key was refused that cost.
        await using var first = await limiters.AcquireAsync([new("p", "k")]);
        await using var rest = await limiters.AcquireAsync([new("p", "k", 9)]);
        Assert.True(first.IsAcquired && rest.IsAcquired);
        Assert.False((await limiters.AcquireAsync([new("p", "other")])).IsAcquired);
    }

    [Fact]
    public async Task Reset_forgets_permits_taken_in_advance()
    {
        var limiters = await CreateAsync(o => o.AddPolicy("p", Policy(RateLimitAlgorithm.FixedWindow) with { BlockSize = 8 }));
        for (var i = 0; i < 10; i++)
        {
            Assert.True((await limiters.AcquireAsync([new("p", "k")])).IsAcquired);
        }

        Assert.False((await limiters.AcquireAsync([new("p", "k")])).IsAcquired);
        Assert.True(await limiters.ResetAsync("p", "k"));

        for (var i = 0; i < 10; i++)
        {
            Assert.True((await limiters.AcquireAsync([new("p", "k")])).IsAcquired);
        }

        Assert.False((await limiters.AcquireAsync([new("p", "k")])).IsAcquired);
    }

    [Fact]
    public async Task What_goes_on_is_held_again_after_a_reset_at_its_next_renewal()
    {
        var limiters = await CreateAsync(o => o.AddPolicy("p", Policy(RateLimitAlgorithm.Concurrency)));
        await using var decision = await limiters.AcquireAsync([new("p", "k", 3)]);
        await limiters.ResetAsync("p", "k");
        Assert.Equal(10, (await limiters.PeekAsync("p", "k"))!.Remaining);

        Clock.Advance(TimeSpan.FromSeconds(5));

        var started = TimeProvider.System.GetTimestamp();
        while ((await limiters.PeekAsync("p", "k"))!.Remaining != 7)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task List_finds_the_buckets_in_use_of_one_policy_by_their_hashes()
    {
        var log = Policy(RateLimitAlgorithm.SlidingLog);
        var limiters = await CreateAsync(o => o.AddPolicy("p", log).AddPolicy("pp", log));
        foreach (var (key, cost) in ((string, long)[])[("ada", 1), ("grace", 2), ("alan", 3)])
        {
            await limiters.AcquireAsync([new("p", key, cost), new("pp", key, cost)]);
        }

        await limiters.PeekAsync("p", "only looked at");
        await limiters.ResetAsync("p", "alan");

        var buckets = await ListAsync(limiters, "P");

        Assert.Equal("8 9", string.Join(' ', buckets.Select(bucket => bucket.Status.Remaining).Order()));
        Assert.All(buckets, bucket => Assert.Matches("^[0-9a-f]{32}$", bucket.KeyHash));
        Assert.Equal(3, (await ListAsync(limiters, "pp")).Select(bucket => bucket.KeyHash).Distinct().Count());
        Assert.Empty(await ListAsync(await CreateAsync(o => o.AddPolicy("p", log)), "p"));
    }

    [Fact]
    public async Task Policies_are_copies_and_exempt_keys_have_no_bucket()
    {
        var policy = Policy(RateLimitAlgorithm.FixedWindow) with
        {
            Plans = new Dictionary<string, RateLimitPlan> { ["pro"] = new() { PermitLimit = 100 } },
            Overrides = new Dictionary<string, RateLimitPlan> { ["probe"] = new() { Exempt = true } },
        };
        var limiters = await CreateAsync(o => o.AddPolicy("p", policy));

        var known = ((IRateLimitAdministration)limiters).Policies["P"];
        known.PermitLimit = 1;
        known.Plans["pro"].PermitLimit = 1;
        known.Overrides.Clear();

        Assert.Equal(10, (await limiters.PeekAsync("p", "k"))!.Limit);
        Assert.Equal(100, (await limiters.PeekAsync("p", "k", plan: "pro"))!.Limit);
        Assert.Null(await limiters.PeekAsync("p", "probe"));
    }

    [Fact]
    public async Task Unknown_policies_and_empty_keys_are_refused()
    {
        var limiters = await CreateAsync(o => o.AddPolicy("p", Policy(RateLimitAlgorithm.FixedWindow)));

        await Assert.ThrowsAsync<ArgumentException>(async () => await limiters.PeekAsync("nope", "k"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await limiters.PeekAsync("p", ""));
        await Assert.ThrowsAsync<ArgumentException>(async () => await limiters.ResetAsync("nope", "k"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await limiters.ResetAsync("p", ""));
        await Assert.ThrowsAsync<ArgumentException>(() => ListAsync(limiters, "nope"));
    }

    private static RateLimitPolicy Policy(RateLimitAlgorithm algorithm) =>
        new() { Algorithm = algorithm, PermitLimit = 10, Window = algorithm == RateLimitAlgorithm.Concurrency ? TimeSpan.Zero : Hour };

    private static async Task<List<RateLimitBucket>> ListAsync(RateLimiters limiters, string policy)
    {
        var buckets = new List<RateLimitBucket>();
        await foreach (var bucket in limiters.ListAsync(policy))
        {
            buckets.Add(bucket);
        }

        return buckets;
    }
}

public sealed class EmbeddedAdministrationTests : AdministrationContract
{
    private protected override Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure) =>
        Task.FromResult(TestLimiters.Embedded(Clock, configure));
}

public sealed class RedisAdministrationTests : AdministrationContract
{
    private protected override Task<RateLimiters> CreateAsync(Action<RateLimitingOptions> configure) => TestLimiters.OnRedisAsync(Clock, configure);
}
