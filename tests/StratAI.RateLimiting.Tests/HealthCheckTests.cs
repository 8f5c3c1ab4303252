using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.RateLimiting.Redis;
using StratAI.Shared.Redis;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>What health probes and instruments see of Redis.</summary>
public sealed class HealthCheckTests : IDisposable
{
    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task Embedded_limits_are_healthy()
    {
        var (status, data, _) = await CheckAsync(services => services.AddStratAIRateLimiting());

        Assert.Equal((HealthStatus.Healthy, "mode=embedded,instances=1"), (status, data));
    }

    [Fact]
    public async Task An_open_breaker_is_degraded_until_Redis_answers_again()
    {
        var clock = new FakeTimeProvider(TestLimiters.Epoch);
        await using var proxy = new TcpProxy(TestServers.Redis.Split(',')[0]);
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{proxy.Endpoint},connectTimeout=10000,asyncTimeout=30000");
        var options = TestLimiters.Options(o => o.AddPolicy("p", new() { PermitLimit = 9, Window = TimeSpan.FromHours(1) }));
        var limiters = TestLimiters.Create(options, clock, new RedisLimitStore(RedisConnection.For(redis), options, clock), _meters.Factory);
        await limiters.ConnectAsync();
        void Services(IServiceCollection services) => services.AddSingleton<IRateLimiters>(limiters);
        Assert.Equal((HealthStatus.Healthy, "mode=distributed,instances=1", null), await CheckAsync(Services));
        Assert.Equal(0, _meters.Read(RateLimitingDiagnostics.BreakerOpen));

        proxy.Stall();
        for (var i = 0; i < 5; i++)
        {
            var waiting = limiters.AcquireAsync([new("p", "k")]).AsTask();
            clock.Advance(options.RedisTimeout);
            await waiting;
        }

        Assert.Equal(
            (HealthStatus.Degraded, "mode=distributed,instances=1", "Redis does not answer; every policy follows its ladder for outages"),
            await CheckAsync(Services));
        Assert.Equal(1, _meters.Read(RateLimitingDiagnostics.BreakerOpen));

        proxy.Restore();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await limiters.AcquireAsync([new("p", "k")])).IsDegraded);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(Services)).Status);
        Assert.Equal(0, _meters.Read(RateLimitingDiagnostics.BreakerOpen));
    }

    [Fact]
    public async Task Instances_are_those_that_beat()
    {
        var clock = new FakeTimeProvider(TestLimiters.Epoch);
        var prefix = TestLimiters.NewPrefix();
        var first = await TestLimiters.OnRedisAsync(clock, o => o.KeyPrefix = prefix);
        await using var second = await TestLimiters.OnRedisAsync(clock, o => o.KeyPrefix = prefix);
        await first.ConnectAsync();
        await second.ConnectAsync();

        var (_, data, _) = await CheckAsync(services => services.AddSingleton<IRateLimiters>(second));

        Assert.Equal("mode=distributed,instances=2", data);
        await first.DisposeAsync();
    }

    private static async Task<(HealthStatus Status, string Data, string? Description)> CheckAsync(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection().AddLogging();
        add(services);
        services.AddHealthChecks().AddStratAIRateLimiting(tags: ["ready"]);
        await using var provider = services.BuildServiceProvider();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        var (name, entry) = Assert.Single(report.Entries);
        Assert.Equal(("rate-limiting", "ready"), (name, Assert.Single(entry.Tags)));
        return (entry.Status, string.Join(',', entry.Data.Select(pair => $"{pair.Key}={pair.Value}")), entry.Description);
    }
}
