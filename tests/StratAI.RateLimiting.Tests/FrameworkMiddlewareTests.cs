using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>ASP.NET Core's own middleware over these limits, in the process and on Redis.</summary>
public sealed class FrameworkMiddlewareTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_global_limiter_of_several_policies_takes_once_and_from_all_or_none(bool onRedis)
    {
        await using var app = await StartAsync(
            onRedis,
            (limiters, options) => options.GlobalLimiter = limiters.CreatePartitioned<HttpContext>(
                context => [new("wide", TestApp.User(context)!), new("narrow", TestApp.User(context)!)]),
            app => app.MapGet("/", () => "ok"));

        Assert.Equal("200 200 429 429 429", await app.GetAsync("/", 5));

        Assert.Equal((8, 0), (await RemainingAsync(app, "wide"), await RemainingAsync(app, "narrow")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endpoints_policy_beside_a_global_one_is_charged_once_but_not_all_or_nothing(bool onRedis)
    {
        await using var app = await StartAsync(
            onRedis,
            (limiters, options) =>
            {
                options.GlobalLimiter = limiters.CreatePartitioned<HttpContext>("wide", context => TestApp.User(context)!);
                options.AddPolicy("endpoint", context => RateLimitPartition.Get(TestApp.User(context)!, user => limiters.Get("narrow", user)));
            },
            app => app.MapGet("/", () => "ok").RequireRateLimiting("endpoint"));

        Assert.Equal("200 200", await app.GetAsync("/", 2));
        Assert.Equal((8, 0), (await RemainingAsync(app, "wide"), await RemainingAsync(app, "narrow")));

        // The framework asks one limiter after the other: what the first has taken is lost when the second refuses. In the process it asks twice, without and
        // with waiting; on Redis the first time takes nothing.
        Assert.Equal("429 429", await app.GetAsync("/", 2));
        Assert.Equal((onRedis ? 6 : 4, 0), (await RemainingAsync(app, "wide"), await RemainingAsync(app, "narrow")));
    }

    [Fact]
    public async Task An_in_memory_global_limiter_beside_an_endpoints_policy_on_Redis_is_charged_twice_by_the_framework()
    {
        // What the page on rate limiting warns of. Should the framework mend it, the warning can go.
        PartitionedRateLimiter<HttpContext>? global = null;
        await using var app = await StartAsync(
            onRedis: true,
            (limiters, options) =>
            {
                options.GlobalLimiter = global = PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetFixedWindowLimiter(
                    0, _ => new() { PermitLimit = 10, Window = TimeSpan.FromHours(1), AutoReplenishment = false }));
                options.AddPolicy("endpoint", context => RateLimitPartition.Get(TestApp.User(context)!, user => limiters.Get("wide", user)));
            },
            app => app.MapGet("/", () => "ok").RequireRateLimiting("endpoint"));

        Assert.Equal("200 200", await app.GetAsync("/", 2));

        Assert.Equal(6, global!.GetStatistics(new DefaultHttpContext())!.CurrentAvailablePermits);
        Assert.Equal(8, await RemainingAsync(app, "wide"));
        await global.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnRejected_reads_the_wait_the_reason_and_the_policy_from_the_lease(bool onRedis)
    {
        var told = new TaskCompletionSource<(TimeSpan, string?, string?, long)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(
            onRedis,
            (limiters, options) =>
            {
                options.GlobalLimiter = limiters.CreatePartitioned<HttpContext>("narrow", context => TestApp.User(context)!);
                options.OnRejected = (rejected, _) =>
                {
                    Assert.True(rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait));
                    Assert.True(rejected.Lease.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
                    Assert.True(rejected.Lease.TryGetMetadata(RateLimitMetadata.Policy, out var policy));
                    Assert.True(rejected.Lease.TryGetMetadata(RateLimitMetadata.Remaining, out var remaining));
                    told.TrySetResult((wait, reason, policy, remaining));
                    return ValueTask.CompletedTask;
                };
            },
            app => app.MapGet("/", () => "ok"));

        await app.GetAsync("/", 3);

        var (wait, reason, policy, remaining) = await told.Task.WaitAsync(Patience);
        Assert.InRange(wait, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        Assert.Equal(("The quota is exceeded.", "narrow", 0), (reason, policy, remaining));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_held_permit_is_given_back_when_the_request_ends(bool onRedis)
    {
        var (started, goOn) = (NewSource(), NewSource());
        await using var app = await StartAsync(
            onRedis,
            (limiters, options) => options.GlobalLimiter = limiters.CreatePartitioned<HttpContext>("work", _ => "ada"),
            app => app.MapGet("/", async () =>
            {
                started.TrySetResult();
                await goOn.Task;
            }));

        var first = app.GetAsync("/");
        await started.Task.WaitAsync(Patience);
        Assert.Equal("429", await app.GetAsync("/", 1));
        goOn.SetResult();
        Assert.Equal(200, (int)(await first.WaitAsync(Patience)).StatusCode);

        // A lease has no asynchronous end: Redis hears of it a moment after the client does.
        var deadline = TimeProvider.System.GetTimestamp();
        while (await RemainingAsync(app, "work") != 1)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < Patience);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task<long?> RemainingAsync(TestApp app, string policy) =>
        (await app.Services.GetRequiredService<IRateLimitAdministration>().PeekAsync(policy, "ada"))!.Remaining;

    private static Task<TestApp> StartAsync(
        bool onRedis, Action<IRateLimiters, RateLimiterOptions> limit, Action<WebApplication> map) => TestApp.StartAsync(
        o =>
        {
            o.Configuration = onRedis ? TestServers.Redis : null;
            o.KeyPrefix = TestLimiters.NewPrefix();
            o.RedisTimeout = TimeSpan.FromSeconds(10);
            var hourly = new RateLimitPolicy { Algorithm = RateLimitAlgorithm.SlidingLog, PermitLimit = 10, Window = TimeSpan.FromHours(1) };
            o.AddPolicy("wide", hourly).AddPolicy("narrow", hourly with { PermitLimit = 2 });
            o.AddPolicy("work", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 1 });
        },
        map,
        app => app.UseRateLimiter(),
        builder =>
        {
            builder.Services.AddRateLimiter(options => options.RejectionStatusCode = 429);
            builder.Services.AddOptions<RateLimiterOptions>().Configure<IRateLimiters>((options, limiters) => limit(limiters, options));
        });
}
