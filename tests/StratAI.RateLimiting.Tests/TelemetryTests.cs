using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.RateLimiting.Redis;
using StratAI.Shared.Redis;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

public sealed class TelemetryTests : IDisposable
{
    private const string Secret = "ada@example.org";

    private static readonly RateLimitPolicy Hourly = new() { PermitLimit = 10, Window = TimeSpan.FromHours(1) };

    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task Every_policy_of_a_decision_is_counted_with_its_own_outcome()
    {
        var limiters = TestLimiters.Embedded(
            new FakeTimeProvider(),
            o => o
                .AddPolicy("wide", new() { PermitLimit = 10, Window = TimeSpan.FromHours(1) })
                .AddPolicy("narrow", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) }),
            _meters.Factory);

        for (var i = 0; i < 3; i++)
        {
            await limiters.AcquireAsync([new("wide", "someone"), new("narrow", "someone")]);
        }

        var checks = _meters.Measurements(RateLimitingDiagnostics.Checks).GroupBy(m => m.Tags).ToDictionary(g => g.Key, g => g.Sum(m => m.Value));
        Assert.Equal(
            new Dictionary<string, double>
            {
                ["policy=wide,outcome=acquired,source=embedded"] = 1,
                ["policy=narrow,outcome=acquired,source=embedded"] = 1,
                ["policy=wide,outcome=withheld,source=embedded"] = 2,
                ["policy=narrow,outcome=rejected,source=embedded"] = 2,
            },
            checks);
        Assert.Equal(
            ["outcome=acquired,source=embedded", "outcome=rejected,source=embedded", "outcome=rejected,source=embedded"],
            _meters.Measurements(RateLimitingDiagnostics.Duration).Select(m => m.Tags));
    }

    [Fact]
    public async Task The_source_tells_what_decided()
    {
        var clock = new FakeTimeProvider(TestLimiters.Epoch);
        await using var limiters = await TestLimiters.OnRedisAsync(
            clock,
            o => o
                .AddPolicy("plain", Hourly with { PermitLimit = 1 })
                .AddPolicy("blocks", Hourly with { Algorithm = RateLimitAlgorithm.FixedWindow, BlockSize = 4 }),
            _meters.Factory);

        for (var i = 0; i < 3; i++)
        {
            await limiters.AcquireAsync([new("plain", Secret)]);
        }

        // One permit, one, and two, of which the second is there for the next call.
        for (var i = 0; i < 4; i++)
        {
            await limiters.AcquireAsync([new("blocks", Secret)]);
        }

        Assert.NotNull(limiters.FindRefusal([new("plain", Secret)]));
        Assert.Equal(1, Checks("policy=plain,outcome=acquired,source=redis"));
        Assert.Equal(1, Checks("policy=plain,outcome=rejected,source=redis"));
        Assert.Equal(2, Checks("policy=plain,outcome=rejected,source=denial"));
        Assert.Equal(3, Checks("policy=blocks,outcome=acquired,source=redis"));
        Assert.Equal(1, Checks("policy=blocks,outcome=acquired,source=block"));
        Assert.Equal(2, _meters.Measurements(RateLimitingDiagnostics.Duration).Count(m => m.Tags == "outcome=rejected,source=denial"));
        AssertNoKey();
    }

    [Fact]
    public async Task Without_Redis_the_source_is_the_outage_and_what_is_closed_is_unavailable()
    {
        var clock = new FakeTimeProvider(TestLimiters.Epoch);
        await using var proxy = new TcpProxy(TestServers.Redis.Split(',')[0]);
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{proxy.Endpoint},connectTimeout=10000,asyncTimeout=30000");
        var options = TestLimiters.Options(o => o
            .AddPolicy("local", Hourly).AddPolicy("open", Hourly with { Outage = OutageBehavior.Open }).AddPolicy("closed", Hourly with { Outage = OutageBehavior.Closed }));
        var limiters = TestLimiters.Create(options, clock, new RedisLimitStore(RedisConnection.For(redis), options, clock), _meters.Factory);
        proxy.Stall();

        foreach (var policies in (string[][])[["local", "open"], ["closed", "open"]])
        {
            var waiting = limiters.AcquireAsync([.. policies.Select(policy => new RateLimitCheck(policy, Secret))]).AsTask();
            clock.Advance(options.RedisTimeout);
            await waiting;
        }

        proxy.Restore();
        Assert.Equal(1, Checks("policy=local,outcome=acquired,source=outage"));
        Assert.Equal(1, Checks("policy=open,outcome=acquired,source=outage"));
        Assert.Equal(1, Checks("policy=closed,outcome=unavailable,source=outage"));
        Assert.Equal(1, Checks("policy=open,outcome=withheld,source=outage"));
        Assert.Equal(2, _meters.Sum(RateLimitingDiagnostics.RedisFailures, "reason=timeout"));
        AssertNoKey();
    }

    [Fact]
    public async Task Near_is_less_than_a_fifth_left_after_an_admission_of_limits_small_and_large()
    {
        var limiters = TestLimiters.Embedded(
            new FakeTimeProvider(), o => o.AddPolicy("ten", Hourly).AddPolicy("three", Hourly with { PermitLimit = 3 }), _meters.Factory);

        for (var i = 0; i < 12; i++)
        {
            await limiters.AcquireAsync([new("ten", Secret)]);
            await limiters.AcquireAsync([new("three", Secret)]);
        }

        // Of ten the last two, which leave one and none; of three the last one, which leaves none.
        Assert.Equal(2, _meters.Sum(RateLimitingDiagnostics.NearLimit, "policy=ten"));
        Assert.Equal(1, _meters.Sum(RateLimitingDiagnostics.NearLimit, "policy=three"));
    }

    [Fact]
    public async Task Reservations_are_those_that_this_instance_holds()
    {
        await using var limiters = TestLimiters.Embedded(
            new FakeTimeProvider(),
            o => o
                .AddPolicy("work", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 9 })
                .AddPolicy("tokens", Hourly with { Algorithm = RateLimitAlgorithm.Budget }),
            _meters.Factory);
        Assert.Equal(0, _meters.Read(RateLimitingDiagnostics.Reservations));

        await using var first = await limiters.AcquireAsync([new("work", Secret), new("tokens", Secret, 5)]);
        var second = await limiters.AcquireAsync([new("work", Secret)]);
        Assert.Equal(3, _meters.Read(RateLimitingDiagnostics.Reservations));

        await second.DisposeAsync();
        await first.Reservations[1].CommitAsync(2);
        Assert.Equal(1, _meters.Read(RateLimitingDiagnostics.Reservations));
    }

    [Fact]
    public async Task A_call_to_Redis_is_an_activity_with_its_outcome_and_without_keys()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RateLimitingDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var limiters = await TestLimiters.OnRedisAsync(
            new FakeTimeProvider(TestLimiters.Epoch), o => o.AddPolicy("one", Hourly with { PermitLimit = 1 }).AddPolicy("ten", Hourly));
        using var parent = new Activity("test").Start();

        for (var i = 0; i < 3; i++)
        {
            // The third is refused by memory alone.
            await limiters.AcquireAsync([new("one", Secret), new("ten", Secret) { Group = Secret, Plan = Secret }]);
        }

        var own = ended.Where(activity => activity.ParentSpanId == parent.SpanId).ToList();
        Assert.Equal(
            "rate_limiting.acquire policies=2,outcome=acquired,source=redis; rate_limiting.acquire policies=2,outcome=rejected,source=redis",
            string.Join("; ", own.Select(activity => $"{activity.OperationName} {string.Join(',', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}")));
    }

    private double Checks(string tags) => _meters.Sum(RateLimitingDiagnostics.Checks, tags);

    private void AssertNoKey() => Assert.DoesNotContain(
        ((string[])[RateLimitingDiagnostics.Checks, RateLimitingDiagnostics.Duration, RateLimitingDiagnostics.NearLimit, RateLimitingDiagnostics.RedisFailures])
            .SelectMany(_meters.Measurements),
        measurement => measurement.Tags.Contains(Secret, StringComparison.OrdinalIgnoreCase));
}
