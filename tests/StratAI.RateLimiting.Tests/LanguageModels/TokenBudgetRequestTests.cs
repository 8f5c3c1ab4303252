using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StratAI.RateLimiting.LanguageModels;

namespace StratAI.RateLimiting.Tests.LanguageModels;

/// <summary>A budget that refuses in the middle of a request.</summary>
public sealed class TokenBudgetRequestTests
{
    [Fact]
    public async Task A_budget_that_refuses_before_the_response_has_started_is_answered_as_any_refusal()
    {
        await using var app = await StartAsync();

        using var refused = await app.GetAsync("/ask");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("\"user\";r=9;t=6, \"tokens\";r=50;t=0", refused.Field("RateLimit"));
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.Equal("tokens", Assert.Single(problem.RootElement.GetProperty("violated-policies").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task One_that_refuses_later_ends_the_response_as_any_exception()
    {
        await using var app = await StartAsync();

        await Assert.ThrowsAnyAsync<Exception>(async () => await (await app.GetAsync("/late")).Content.ReadAsStringAsync());
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(
        o => o
            .AddPolicy("user", new() { PermitLimit = 10, Window = TimeSpan.FromMinutes(1) }, TestApp.User)
            .AddPolicy("tokens", new() { Algorithm = RateLimitAlgorithm.Budget, PermitLimit = 50, Window = TimeSpan.FromHours(1) }),
        app =>
        {
            var model = new TokenBudgetChatClient(new ScriptedChatClient(), app.Services.GetRequiredService<IRateLimiters>());
            app.MapGet("/ask", async (HttpContext context) => (await model.GetResponseAsync("?", Budget(context))).Text).RequireLimits("user");
            app.MapGet("/late", async (HttpContext context) =>
            {
                await context.Response.WriteAsync("so ");
                await context.Response.Body.FlushAsync();
                await model.GetResponseAsync("?", Budget(context));
            }).RequireLimits("user");
        });

    private static ChatOptions Budget(HttpContext context) =>
        new ChatOptions { MaxOutputTokens = 100 }.WithTokenBudgets(new RateLimitCheck("tokens", TestApp.User(context)!));
}
