using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.RateLimiting.Redis;
using StratAI.Shared.Redis;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>What is held and known while answers are late, configuration changes, or a key changes its plan.</summary>
public sealed class ReservationFaultTests
{
    private readonly FakeTimeProvider _clock = new(TestLimiters.Epoch);

    [Fact]
    public async Task A_reservation_released_while_it_is_extended_is_held_by_nobody()
    {
        await using var proxy = new TcpProxy(TestServers.Redis.Split(',')[0]);
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{proxy.Endpoint},connectTimeout=10000,asyncTimeout=30000");
        var options = TestLimiters.Options(o => o.AddPolicy("work", Concurrency(5)));
        options.RedisTimeout = TimeSpan.FromSeconds(30);
        var store = new RedisLimitStore(RedisConnection.For(redis), options, TimeProvider.System, () => TestLimiters.Micros(_clock));
        var limiters = TestLimiters.Create(options, _clock, store);
        await using var decision = await limiters.AcquireAsync([new("work", "k", 2)]);

        proxy.Stall();
        var extending = decision.Reservations[0].ExtendAsync(3).AsTask();
        var releasing = decision.Reservations[0].ReleaseAsync().AsTask();
        Assert.False(extending.IsCompleted || releasing.IsCompleted);
        proxy.Restore();
        await Task.WhenAll(extending, releasing);

        Assert.Equal(0, limiters.ReservationCount);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await limiters.LastBeat;
        Assert.Equal(5, (await limiters.AcquireAsync([new("work", "k", 0)])).Policies[0].Remaining);
    }

    [Fact]
    public async Task A_lease_that_configuration_made_shorter_is_renewed_in_time()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Policies:work:LeaseTime", "00:00:30")]).Build();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_clock);
        services.AddStratAIRateLimiting(o => o.AddPolicy("work", Concurrency(1))).BindConfiguration(configuration);
        await using var provider = services.BuildServiceProvider();
        var limiters = provider.GetRequiredService<RateLimiters>();

        configuration["Policies:work:LeaseTime"] = "00:00:03";
        configuration.Reload();
        await using var held = await limiters.AcquireAsync([new("work", "k")]);
        for (var second = 0; second < 12; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await limiters.LastBeat;
            Assert.False((await limiters.AcquireAsync([new("work", "k")])).IsAcquired, $"lapsed after {second + 1} s");
        }
    }

    [Fact]
    public async Task A_refusal_by_one_plan_is_not_remembered_for_another()
    {
        var policy = new RateLimitPolicy { Algorithm = RateLimitAlgorithm.FixedWindow, PermitLimit = 1, Window = TimeSpan.FromHours(1) };
        policy.Plans["pro"] = new() { PermitLimit = 5 };
        var limiters = await TestLimiters.OnRedisAsync(_clock, o => o.AddPolicy("p", policy));
        await limiters.AcquireAsync([new("p", "k")]);
        Assert.False((await limiters.AcquireAsync([new("p", "k")])).IsAcquired);

        Assert.True((await limiters.AcquireAsync([new("p", "k") { Plan = "pro" }])).IsAcquired);
    }

    private static RateLimitPolicy Concurrency(long limit) =>
        new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = limit, LeaseTime = TimeSpan.FromSeconds(30) };
}
