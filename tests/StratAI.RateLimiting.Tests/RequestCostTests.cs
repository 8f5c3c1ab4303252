using Microsoft.AspNetCore.Builder;

namespace StratAI.RateLimiting.Tests;

/// <summary>What a request costs: by policy, by endpoint, by request.</summary>
public sealed class RequestCostTests
{
    private static readonly RateLimitPolicy Ten = new() { PermitLimit = 10, Window = TimeSpan.FromHours(1), Algorithm = RateLimitAlgorithm.SlidingLog };

    [Fact]
    public async Task The_innermost_cost_of_an_endpoint_wins_over_that_of_the_policy()
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("user", Ten, TestApp.User).Cost("USER", _ => 2),
            app =>
            {
                var api = app.MapGroup("/api").RequireLimits("user");
                api.MapGet("/policy", () => "ok");
                var group = api.MapGroup("/group").WithLimitCost("User", 3);
                group.MapGet("/plain", () => "ok");
                group.MapGet("/own", () => "ok").WithLimitCost("user", context => context.Request.Query.Count);
            });

        Assert.Equal("\"user\";r=8;t=3600", (await app.GetAsync("/api/policy")).Field("RateLimit"));
        Assert.Equal("\"user\";r=5;t=3600", (await app.GetAsync("/api/group/plain")).Field("RateLimit"));
        Assert.Equal("\"user\";r=1;t=3600", (await app.GetAsync("/api/group/own?a=1&b=2&c=3&d=4")).Field("RateLimit"));
    }

    [Fact]
    public async Task A_cost_of_zero_takes_nothing_and_asks_whether_one_permit_is_there()
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("user", Ten with { PermitLimit = 1 }, TestApp.User),
            app =>
            {
                app.MapGet("/look", () => "ok").RequireLimits("user").WithLimitCost("user", 0);
                app.MapGet("/take", () => "ok").RequireLimits("user");
            });

        Assert.Equal("200 200 200", await app.GetAsync("/look", 3));
        Assert.Equal("200 429", await app.GetAsync("/take", 2));
        Assert.Equal("429", await app.GetAsync("/look", 1));
    }

    [Fact]
    public async Task A_negative_cost_fails_the_request_before_anything_is_taken()
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("user", Ten, TestApp.User).AddPolicy("other", Ten, TestApp.User),
            app =>
            {
                app.MapGet("/bad", () => "ok").RequireLimits("other", "user").WithLimitCost("user", _ => -1);
                app.MapGet("/", () => "ok").RequireLimits("other", "user");
                Assert.Throws<ArgumentOutOfRangeException>(() => app.MapGet("/never", () => "ok").WithLimitCost("user", -1));
            });

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => app.GetAsync("/bad"));

        Assert.Equal("\"other\";r=9;t=3600, \"user\";r=9;t=3600", (await app.GetAsync("/")).Field("RateLimit"));
    }
}
