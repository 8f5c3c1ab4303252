using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.RateLimiting.Tests;

/// <summary>Policies that only count, over HTTP.</summary>
public sealed class ShadowRequestTests : IDisposable
{
    private static readonly RateLimitPolicy One = new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) };

    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task What_a_shadow_policy_would_refuse_is_admitted_counted_and_not_told_to_the_client()
    {
        var told = new List<bool>();
        await using var app = await StartAsync(app => app.MapGet("/", (HttpContext context) =>
        {
            told.Add(context.Features.Get<IRateLimitFeature>()!.Statuses.Single(status => status.Policy == "trial") is { Violated: true, IsShadow: true });
        }).RequireLimits("trial", "real"));

        for (var i = 0; i < 3; i++)
        {
            var response = await app.GetAsync("/");
            Assert.Equal(200, (int)response.StatusCode);
            Assert.Equal("\"real\";q=3;w=3600", response.Field("RateLimit-Policy"));
            Assert.StartsWith($"\"real\";r={2 - i};", response.Field("RateLimit"), StringComparison.Ordinal);
        }

        Assert.Equal([false, true, true], told);
        Assert.Equal(1, _meters.Sum(RateLimitingDiagnostics.Checks, "policy=trial,outcome=acquired,source=embedded"));
        Assert.Equal(2, _meters.Sum(RateLimitingDiagnostics.Checks, "policy=trial,outcome=shadowed,source=embedded"));
        Assert.Equal(3, _meters.Sum(RateLimitingDiagnostics.Checks, "policy=real,outcome=acquired,source=embedded"));
    }

    [Fact]
    public async Task A_refusal_by_another_policy_does_not_blame_the_shadow_one()
    {
        await using var app = await StartAsync(app => app.MapGet("/", () => "ok").RequireLimits("trial", "real"));
        await app.GetAsync("/", times: 3);

        var refused = await app.GetAsync("/");

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal(TimeSpan.FromMinutes(20), refused.Headers.RetryAfter!.Delta);
        var violated = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("violated-policies");
        Assert.Equal("real", Assert.Single(violated.EnumerateArray()).GetString());
    }

    [Fact]
    public async Task An_endpoint_under_shadow_policies_alone_has_no_header_fields()
    {
        await using var app = await StartAsync(app => app.MapGet("/", () => "ok").RequireLimits("trial"));
        await app.GetAsync("/");

        var response = await app.GetAsync("/");

        Assert.Equal((200, null, null), ((int)response.StatusCode, response.Field("RateLimit-Policy"), response.Field("RateLimit")));
    }

    [Fact]
    public async Task The_tightest_policy_is_one_that_is_enforced()
    {
        await using var app = await StartAsync(app => app.MapGet("/", () => "ok").RequireLimits("trial"));

        var decision = await app.Services.GetRequiredService<IRateLimiters>().AcquireAsync([new("trial", "ada"), new("real", "ada")]);

        Assert.Equal("real", decision.Tightest!.Policy);
    }

    private Task<TestApp> StartAsync(Action<WebApplication> map) => TestApp.StartAsync(
        o => o.AddPolicy("trial", One with { Shadow = true }, TestApp.User).AddPolicy("real", One with { PermitLimit = 3 }, TestApp.User),
        map,
        build: builder => builder.Services.AddSingleton(_meters.Factory));
}
