using Microsoft.Extensions.Time.Testing;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Tests;

/// <summary>Refusals that an instance remembers: no call to Redis, and never a moment longer than Redis would refuse.</summary>
public sealed class DenialTests
{
    private readonly FakeTimeProvider _clock = new(TestLimiters.Epoch);
    private readonly string _prefix = TestLimiters.NewPrefix();
    private readonly TestMeters _meters = new();

    [Fact]
    public async Task A_refused_key_is_refused_without_a_call_until_it_could_be_admitted()
    {
        var limiters = await NewInstanceAsync();
        await limiters.AcquireAsync([new("p", "k", 3)]);
        var first = await limiters.AcquireAsync([new("p", "k")]);
        Assert.Equal(TimeSpan.FromSeconds(1), first.RetryAfter);

        _clock.Advance(TimeSpan.FromMilliseconds(400));
        var calling = limiters.AcquireAsync([new("p", "k")]);
        Assert.True(calling.IsCompletedSuccessfully);
        var remembered = await calling;
        Assert.Equal(RateLimitOutcome.QuotaExceeded, remembered.Outcome);
        Assert.False(remembered.IsDegraded);
        Assert.Equal(TimeSpan.FromMilliseconds(600), remembered.RetryAfter);
        Assert.Equal(TimeSpan.FromMilliseconds(2_600), remembered.Policies[0].ResetAfter);
        Assert.Equal(0, remembered.Policies[0].Remaining);
        Assert.True(remembered.Policies[0].Violated);
        Assert.Equal(1, _meters.Sum(RateLimitingDiagnostics.Checks, "policy=p,outcome=rejected,source=denial"));

        _clock.Advance(TimeSpan.FromMilliseconds(600));
        Assert.True((await limiters.AcquireAsync([new("p", "k")])).IsAcquired);
    }

    [Fact]
    public async Task Other_costs_keys_and_policies_are_asked_for()
    {
        var limiters = await NewInstanceAsync();
        await limiters.AcquireAsync([new("p", "k", 2)]);
        Assert.Equal(TimeSpan.FromSeconds(2), (await limiters.AcquireAsync([new("p", "k", 3)])).RetryAfter);

        Assert.True((await limiters.AcquireAsync([new("p", "k", 1)])).IsAcquired);
        Assert.True((await limiters.AcquireAsync([new("p", "other", 3)])).IsAcquired);
        Assert.True((await limiters.AcquireAsync([new("q", "k", 3)])).IsAcquired);
        Assert.True((await limiters.AcquireAsync([new("p", "k", 4)])).Policies[0].IsNever);
    }

    [Fact]
    public async Task Of_several_refusals_that_are_remembered_the_longest_wait_counts()
    {
        var limiters = await NewInstanceAsync();
        RateLimitCheck[] both = [new("p", "k", 3), new("q", "k", 3)];
        await limiters.AcquireAsync(both);
        Assert.Equal(TimeSpan.FromSeconds(30), (await limiters.AcquireAsync(both)).RetryAfter);

        _clock.Advance(TimeSpan.FromSeconds(1));
        var remembered = await limiters.AcquireAsync(both);

        Assert.Equal(TimeSpan.FromSeconds(29), remembered.RetryAfter);
        Assert.Equal([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(29)], remembered.Policies.Select(policy => policy.RetryAfter!.Value));
    }

    [Fact]
    public async Task A_refusal_is_remembered_for_the_configured_time_at_most()
    {
        var limiters = await NewInstanceAsync(TimeSpan.FromSeconds(2));
        await limiters.AcquireAsync([new("q", "k", 3)]);
        await limiters.AcquireAsync([new("q", "k", 3)]);
        Assert.True(limiters.AcquireAsync([new("q", "k", 3)]).AsTask().IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(2));

        var asked = limiters.AcquireAsync([new("q", "k", 3)]);
        Assert.False(asked.IsCompleted);
        Assert.Equal(TimeSpan.FromSeconds(28), (await asked).RetryAfter);
    }

    [Fact]
    public async Task What_waits_for_others_is_not_remembered()
    {
        var limiters = await NewInstanceAsync();
        var held = await limiters.AcquireAsync([new("running", "k")]);
        Assert.False((await limiters.AcquireAsync([new("running", "k")])).IsAcquired);

        await held.DisposeAsync();

        Assert.True((await limiters.AcquireAsync([new("running", "k")])).IsAcquired);
    }

    [Fact]
    public async Task Only_so_many_keys_are_remembered()
    {
        var time = new FakeTimeProvider();
        var options = new RateLimitingOptions().AddPolicy("p", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) });
        var policy = new LimitPolicy("p", options.Policies["p"]);
        var cache = new DenialCache(TimeSpan.FromSeconds(5), time);
        var status = new RateLimitStatus { Policy = "p", Limit = 1, Window = TimeSpan.FromHours(1), Violated = true, RetryAfter = TimeSpan.FromHours(1) };

        Fill("a");
        Assert.NotNull(cache.Find([Request("a0")]));
        Fill("b");
        Assert.Null(cache.Find([Request("b0")]));

        // What is over makes room.
        time.Advance(TimeSpan.FromSeconds(5));
        Fill("c");
        Assert.NotNull(cache.Find([Request("c0")]));
        Assert.Null(cache.Find([Request("a0")]));
        await Task.CompletedTask;

        LimitRequest Request(string key) => new(policy, policy.Rules, key, null, 1);

        void Fill(string name)
        {
            for (var i = 0; i < LocalTable<object>.Capacity; i++)
            {
                cache.Add([Request($"{name}{i}")], [status], time.GetTimestamp());
            }
        }
    }

    private Task<RateLimiters> NewInstanceAsync(TimeSpan? remembered = null) => TestLimiters.OnRedisAsync(
        _clock,
        o =>
        {
            o.KeyPrefix = _prefix;
            o.DenialCacheDuration = remembered ?? TimeSpan.FromMinutes(1);
            o.AddPolicy("p", new() { PermitLimit = 3, Window = TimeSpan.FromSeconds(3) });
            o.AddPolicy("q", new() { PermitLimit = 3, Window = TimeSpan.FromSeconds(30) });
            o.AddPolicy("running", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 1 });
        },
        _meters.Factory);
}
