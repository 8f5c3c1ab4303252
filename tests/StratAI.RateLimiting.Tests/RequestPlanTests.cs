using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>Plans and overrides of requests.</summary>
public sealed class RequestPlanTests
{
    private static RateLimitPolicy Policy => new()
    {
        PermitLimit = 1,
        Window = TimeSpan.FromHours(1),
        Plans = { ["pro"] = new() { PermitLimit = 3 }, ["staff"] = new() { Exempt = true } },
        Overrides = { ["vip"] = new() { PermitLimit = 5, Window = TimeSpan.FromMinutes(1) }, ["probe"] = new() { Exempt = true } },
    };

    [Theory]
    [InlineData("ada", null, "\"user\";q=1;w=3600")]
    [InlineData("ada", "unknown", "\"user\";q=1;w=3600")]
    [InlineData("ada", "pro", "\"user\";q=3;w=3600")]
    [InlineData("ada", "staff", null)]
    [InlineData("vip", "pro", "\"user\";q=5;w=60")]
    [InlineData("vip", "staff", "\"user\";q=5;w=60")]
    [InlineData("probe", "pro", null)]
    public async Task An_override_wins_over_the_plan_and_the_plan_over_the_policy(string user, string? plan, string? header)
    {
        await using var app = await TestApp.StartAsync(
            o =>
            {
                o.AddPolicy("user", Policy, TestApp.User);
                o.Plan = async _ =>
                {
                    await Task.Yield();
                    return plan;
                };
            },
            app => app.MapGet("/", () => "ok").RequireLimits("user"));

        var response = await app.GetAsync("/", user);

        Assert.Equal((200, header), ((int)response.StatusCode, response.Field("RateLimit-Policy")));
    }

    [Fact]
    public async Task The_plan_is_asked_for_once_and_only_where_a_policy_has_plans()
    {
        var asked = 0;
        await using var app = await TestApp.StartAsync(
            o =>
            {
                o.AddPolicy("user", Policy, TestApp.User).AddPolicy("second", Policy, TestApp.User);
                o.AddPolicy("plain", new() { PermitLimit = 9, Window = TimeSpan.FromHours(1) }, TestApp.User);
                o.Plan = _ => new($"pro{asked++}"[..3]);
            },
            app =>
            {
                app.MapGet("/plain", () => "ok").RequireLimits("plain");
                app.MapGet("/", () => "ok").RequireLimits("plain", "user", "second");
            },
            app =>
            {
                app.UseKnownRefusals("plain", "user");
                app.UseStratAIRateLimiting("plain");
                app.UseStratAIRateLimiting("user");
                app.UseStratAIRateLimiting();
            });

        await app.GetAsync("/plain");
        Assert.Equal(0, asked);
        Assert.Equal("\"plain\";q=9;w=3600, \"user\";q=3;w=3600, \"second\";q=3;w=3600", (await app.GetAsync("/")).Field("RateLimit-Policy"));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_known_refusal_passes_over_a_policy_with_plans_as_the_plan_may_allow_more()
    {
        await using var app = await TestApp.StartAsync(
            o =>
            {
                o.AddPolicy("user", Policy, TestApp.User);
                o.Plan = context => new(context.Items["plan"] as string);
            },
            app => app.MapGet("/", () => "ok").RequireLimits("user"),
            app =>
            {
                app.UseKnownRefusals("user");
                app.Use((context, next) =>
                {
                    context.Items["plan"] = "pro";
                    return next();
                });
                app.UseStratAIRateLimiting();
            });

        Assert.Equal("200 200 200 429", await app.GetAsync("/", 4));
    }

    [Fact]
    public async Task A_remembered_refusal_does_not_bind_the_key_on_another_plan()
    {
        await using var limiters = await TestLimiters.OnRedisAsync(
            new FakeTimeProvider(TestLimiters.Epoch), o => o.AddPolicy("user", Policy with { Algorithm = RateLimitAlgorithm.FixedWindow }));
        Assert.True((await limiters.AcquireAsync([new("user", "ada")])).IsAcquired);
        Assert.False((await limiters.AcquireAsync([new("user", "ada")])).IsAcquired);
        Assert.Null(limiters.FindRefusal([new("user", "ada")]));

        Assert.True((await limiters.AcquireAsync([new("user", "ada") { Plan = "pro" }])).IsAcquired);
    }
}
