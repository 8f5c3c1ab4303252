using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>The stage before authentication, which answers what is known to be refused and takes nothing.</summary>
public sealed class KnownRefusalTests : IDisposable
{
    private readonly TestMeters _meters = new();
    private int _authenticated;

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flood_does_not_reach_what_comes_before_the_deciding_stage(bool onRedis)
    {
        await using var app = await StartAsync(onRedis, app => app.MapGet("/", () => "ok").RequireLimits("user", "other"));
        Assert.Equal("200 200 200", await app.GetAsync("/", 3));

        Assert.Equal("429 429 429", await app.GetAsync("/", 3));
        var known = await app.GetAsync("/");

        // In the process every refusal is known; of Redis the instance learns by being refused once.
        Assert.Equal(onRedis ? 4 : 3, _authenticated);
        Assert.Equal("\"user\";q=3;w=3600", known.Field("RateLimit-Policy"));
        Assert.StartsWith("\"user\";r=0;t=", known.Field("RateLimit"), StringComparison.Ordinal);
        Assert.InRange(known.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(19), TimeSpan.FromMinutes(20));

        // It is counted as a refusal, and takes nothing.
        var counted = _meters.Measurements(RateLimitingDiagnostics.Checks);
        Assert.Equal(4, counted.Count(check => check.Tags.StartsWith("policy=user,outcome=rejected,", StringComparison.Ordinal)));
        Assert.Equal(6, (await app.Services.GetRequiredService<IRateLimitAdministration>().PeekAsync("other", "ada"))!.Remaining);
    }

    [Fact]
    public async Task An_error_page_that_is_refused_again_tells_of_each_policy_once()
    {
        await using var app = await StartAsync(
            onRedis: false,
            app =>
            {
                app.MapGet("/", () => "ok").RequireLimits("user");
                app.MapGet("/error", () => "error").RequireLimits("USER");
            },
            o => o.OnRejected = (_, _) => ValueTask.CompletedTask);
        await app.GetAsync("/", 3);

        var refused = await app.GetAsync("/");

        Assert.Equal((429, "\"user\";q=3;w=3600"), ((int)refused.StatusCode, refused.Field("RateLimit-Policy")));
    }

    [Fact]
    public async Task A_stage_without_names_is_refused()
    {
        await using var app = await StartAsync(onRedis: false, app => Assert.Throws<ArgumentException>(() => app.UseKnownRefusals()));
    }

    private Task<TestApp> StartAsync(bool onRedis, Action<WebApplication> map, Action<RateLimitingOptions>? configure = null) => TestApp.StartAsync(
        o =>
        {
            o.Configuration = onRedis ? TestServers.Redis : null;
            o.KeyPrefix = TestLimiters.NewPrefix();
            o.RedisTimeout = TimeSpan.FromSeconds(10);
            o.AddPolicy("user", new() { PermitLimit = 3, Window = TimeSpan.FromHours(1) }, TestApp.User);
            o.AddPolicy("other", new() { PermitLimit = 9, Window = TimeSpan.FromHours(1) }, TestApp.User);
            configure?.Invoke(o);
        },
        map,
        app =>
        {
            app.UseStatusCodePagesWithReExecute("/error");
            app.UseRouting();
            app.UseKnownRefusals("user");
            app.Use(next => context =>
            {
                Interlocked.Increment(ref _authenticated);
                return next(context);
            });
            app.UseStratAIRateLimiting();
        },
        builder => builder.Services.AddSingleton(_meters.Factory));
}
