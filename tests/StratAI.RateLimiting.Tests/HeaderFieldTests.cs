using System.Text.Json;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit.Abstractions;

namespace StratAI.RateLimiting.Tests;

/// <summary>What clients are told by each algorithm.</summary>
public sealed class HeaderFieldTests(ITestOutputHelper output)
{
    private static readonly RateLimitPolicy Concurrency = new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 2 };
    private static readonly RateLimitPolicy Budget = new() { Algorithm = RateLimitAlgorithm.Budget, PermitLimit = 1000, Window = TimeSpan.FromDays(1) };
    private static readonly RateLimitPolicy Hourly = new() { Algorithm = RateLimitAlgorithm.SlidingLog, PermitLimit = 3, Window = TimeSpan.FromHours(1) };

    [Fact]
    public async Task Units_and_windows_are_told_by_algorithm()
    {
        await using var app = await TestApp.StartAsync(
            o => o
                .AddPolicy("work", Concurrency, TestApp.User)
                .AddPolicy("tokens", Budget, TestApp.User)
                .AddPolicy("odd", Hourly with { Window = TimeSpan.FromSeconds(1.5) }, TestApp.User),
            app => app.MapGet("/", () => "ok").RequireLimits("work", "tokens", "odd").WithLimitCost("tokens", 400));

        var response = await app.GetAsync("/");

        Assert.Equal(
            "\"work\";q=2;qu=\"concurrent-requests\", \"tokens\";q=1000;qu=\"tokens\";w=86400, \"odd\";q=3", response.Field("RateLimit-Policy"));
        Assert.Equal("\"work\";r=1, \"tokens\";r=600, \"odd\";r=2;t=2", response.Field("RateLimit"));
    }

    [Fact]
    public async Task A_client_that_waits_for_others_is_hinted_to_come_back_in_a_second_and_not_told_a_window()
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("work", Concurrency with { PermitLimit = 1 }, _ => "all").AddPolicy("tokens", Budget, _ => "all"),
            app =>
            {
                app.MapGet("/work", (HttpContext context) => { Take(context, "work"); }).RequireLimits("work");
                app.MapGet("/tokens", (HttpContext context) => { Take(context, "tokens"); }).RequireLimits("tokens").WithLimitCost("tokens", 600);
            });
        Assert.Equal("200", await app.GetAsync("/work", 1));
        Assert.Equal("200", await app.GetAsync("/tokens", 1));

        var work = await app.GetAsync("/work");
        var tokens = await app.GetAsync("/tokens");

        Assert.Equal((429, TimeSpan.FromSeconds(1), "\"work\";r=0"), ((int)work.StatusCode, work.Headers.RetryAfter!.Delta, work.Field("RateLimit")));
        Assert.Equal((429, TimeSpan.FromSeconds(1), "\"tokens\";r=400"), ((int)tokens.StatusCode, tokens.Headers.RetryAfter!.Delta, tokens.Field("RateLimit")));
    }

    [Fact]
    public async Task A_refusal_that_also_waits_for_others_is_not_told_less_than_what_is_known()
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("work", Concurrency with { PermitLimit = 1 }, _ => "all").AddPolicy("hourly", Hourly with { PermitLimit = 1 }, TestApp.User),
            app => app.MapGet("/", (HttpContext context) => { Take(context, "work"); }).RequireLimits("work", "hourly"));
        await app.GetAsync("/");

        var refused = await app.GetAsync("/");

        Assert.Equal(TimeSpan.FromHours(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("work hourly", Violated(await refused.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_cost_above_the_limit_is_refused_without_a_retry_time()
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("work", Concurrency with { PermitLimit = 1 }, _ => "all").AddPolicy("hourly", Hourly, TestApp.User),
            app =>
            {
                app.MapGet("/hold", (HttpContext context) => { Take(context, "work"); }).RequireLimits("work");
                app.MapGet("/", () => "ok").RequireLimits("work", "hourly").WithLimitCost("hourly", 4);
            });
        await app.GetAsync("/hold");

        var refused = await app.GetAsync("/");

        Assert.Equal((429, null), ((int)refused.StatusCode, refused.Headers.RetryAfter));
        Assert.Equal("work hourly", Violated(await refused.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_known_refusal_is_never_early_for_a_request_that_costs_more_than_one()
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("bucket", new() { PermitLimit = 10, Window = TimeSpan.FromSeconds(100) }, TestApp.User),
            app => app.MapGet("/", () => "ok").RequireLimits("bucket").WithLimitCost("bucket", 5),
            app =>
            {
                app.UseKnownRefusals("bucket");
                app.UseStratAIRateLimiting();
            });
        Assert.Equal("200 200", await app.GetAsync("/", 2));

        var refused = await app.GetAsync("/");

        Assert.Equal(TimeSpan.FromSeconds(50), refused.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task A_client_that_waits_as_long_as_Retry_After_says_is_admitted()
    {
        var counted = Gen.Int[0, 3].Select(number => (RateLimitAlgorithm)number);
        var policies = Gen.Select(counted, Gen.Long[1, 50], Gen.Long[20_000, 20_000_000]).Array[1, 3];
        await Gen.Select(policies, Gen.Long[1, 50], Gen.Long[0, 5_000_000].Array[1, 20]).SampleAsync(
            async (limits, cost, pauses) =>
            {
                await using var app = await TestApp.StartAsync(
                    o =>
                    {
                        for (var i = 0; i < limits.Length; i++)
                        {
                            var (algorithm, limit, micros) = limits[i];
                            var window = TimeSpan.FromMicroseconds(micros);
                            o.AddPolicy($"p{i}", new() { Algorithm = algorithm, PermitLimit = limit, Window = window }, TestApp.User);
                            o.Cost($"p{i}", context => Math.Min(limit, long.Parse(context.Request.Query["cost"]!, null)));
                        }
                    },
                    app => app.MapGet("/", () => "ok").RequireLimits([.. limits.Select((_, i) => $"p{i}")]));

                foreach (var pause in pauses)
                {
                    app.Clock.Advance(TimeSpan.FromMicroseconds(pause));
                    var response = await app.GetAsync($"/?cost={cost}");
                    if (response.Headers.RetryAfter is { Delta: { } wait })
                    {
                        Assert.Equal(429, (int)response.StatusCode);
                        app.Clock.Advance(wait);
                        response = await app.GetAsync($"/?cost={cost}");
                    }

                    Assert.Equal(200, (int)response.StatusCode);
                }
            },
            writeLine: output.WriteLine, iter: 150, threads: 1);
    }

    private static void Take(HttpContext context, string policy) => Assert.NotNull(context.Features.Get<IRateLimitFeature>()!.Take(policy));

    private static string Violated(string problem) =>
        string.Join(' ', JsonDocument.Parse(problem).RootElement.GetProperty("violated-policies").EnumerateArray().Select(name => name.GetString()));
}
