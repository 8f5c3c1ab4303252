using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace StratAI.RateLimiting.Tests;

/// <summary>Permits that a request holds, to its end and beyond.</summary>
public sealed class HeldRequestTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_permit_is_held_while_the_response_streams_and_given_back_at_its_end()
    {
        await using var app = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("first ");
            await context.Response.Body.FlushAsync();
            await _goOn.Task;
            await context.Response.WriteAsync("last");
        });

        using var streaming = await app.Client.SendAsync(TestApp.Request("/"), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("\"work\";r=0", streaming.Field("RateLimit"));
        Assert.Equal("429", await app.GetAsync("/", 1));

        _goOn.SetResult();
        Assert.Equal("first last", await streaming.Content.ReadAsStringAsync());
        await _ended.Task.WaitAsync(Patience);
        Assert.Equal(1, await RemainingAsync(app));
    }

    [Fact]
    public async Task A_permit_is_given_back_when_the_endpoint_throws()
    {
        await using var app = await StartAsync(_ => throw new InvalidOperationException("of the test"));

        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => app.GetAsync("/"));
            Assert.Equal(1, await RemainingAsync(app));
        }
    }

    [Fact]
    public async Task A_permit_is_given_back_when_what_stands_between_two_stages_throws()
    {
        await using var app = await TestApp.StartAsync(
            Policies,
            app => app.MapGet("/", () => "ok").RequireLimits("work", "plain"),
            app =>
            {
                app.UseStratAIRateLimiting("work");
                app.Use(_ => _ => throw new InvalidOperationException("of the test"));
                app.UseStratAIRateLimiting();
            });

        await Assert.ThrowsAsync<InvalidOperationException>(() => app.GetAsync("/"));

        Assert.Equal(1, await RemainingAsync(app));
    }

    [Fact]
    public async Task A_permit_of_an_earlier_stage_is_given_back_when_a_later_one_refuses()
    {
        await using var app = await TestApp.StartAsync(
            Policies,
            app => app.MapGet("/", () => "ok").RequireLimits("work", "plain").WithLimitCost("plain", 2),
            app => app.UseStratAIRateLimiting("work").UseStratAIRateLimiting());

        Assert.Equal("429", await app.GetAsync("/", 1));

        Assert.Equal(1, await RemainingAsync(app));
    }

    [Fact]
    public async Task A_permit_is_given_back_when_the_client_goes_away()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(async context =>
        {
            started.SetResult();
            await _goOn.Task.WaitAsync(context.RequestAborted);
        });
        using var abort = new CancellationTokenSource();
        var request = app.Client.SendAsync(TestApp.Request("/"), abort.Token);
        await started.Task.WaitAsync(Patience);
        Assert.Equal(0, await RemainingAsync(app));

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await _ended.Task.WaitAsync(Patience);
        Assert.Equal(1, await RemainingAsync(app));
    }

    [Fact]
    public async Task What_is_taken_over_outlives_the_request_until_its_new_owner_ends_it()
    {
        RateLimitReservation? taken = null;
        await using var app = await StartAsync(context =>
        {
            var feature = context.Features.Get<IRateLimitFeature>()!;
            taken = feature.Take("WORK");
            Assert.Null(feature.Take("work"));
            Assert.Null(feature.Take("unknown"));
            return Task.CompletedTask;
        });

        Assert.Equal("200 429", await app.GetAsync("/", 2));
        Assert.Equal(("work", 1L), (taken!.Policy, taken.Amount));

        await taken.ReleaseAsync();
        Assert.Equal("200", await app.GetAsync("/", 1));
    }

    [Fact]
    public async Task An_unsettled_budget_is_given_back_and_a_settled_one_is_charged_what_was_used()
    {
        await using var app = await TestApp.StartAsync(
            o => o.AddPolicy("tokens", new() { Algorithm = RateLimitAlgorithm.Budget, PermitLimit = 100, Window = TimeSpan.FromDays(1) }, TestApp.User),
            app =>
            {
                app.MapGet("/lost", () => "ok").RequireLimits("tokens").WithLimitCost("tokens", 60);
                app.MapGet("/used", async (HttpContext context) => await context.Features.Get<IRateLimitFeature>()!.Take("tokens")!.CommitAsync(25))
                    .RequireLimits("tokens").WithLimitCost("tokens", 60);
            });

        Assert.Equal("200 200", await app.GetAsync("/lost", 2));
        Assert.Equal("200 200", await app.GetAsync("/used", 2));

        Assert.Equal("429", await app.GetAsync("/lost", 1));
        Assert.Equal(50, (await PeekAsync(app, "tokens", "ada")).Remaining);
    }

    private static void Policies(RateLimitingOptions o) => o
        .AddPolicy("work", new() { Algorithm = RateLimitAlgorithm.Concurrency, PermitLimit = 1 }, _ => "all")
        .AddPolicy("plain", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) }, TestApp.User);

    private static async Task<long?> RemainingAsync(TestApp app) => (await PeekAsync(app, "work", "all")).Remaining;

    private static async Task<RateLimitStatus> PeekAsync(TestApp app, string policy, string key) =>
        (await app.Services.GetRequiredService<IRateLimitAdministration>().PeekAsync(policy, key))!;

    private Task<TestApp> StartAsync(RequestDelegate endpoint) => TestApp.StartAsync(
        Policies,
        app => app.MapGet("/", endpoint).RequireLimits("work"),
        app =>
        {
            app.Use(async (_, next) =>
            {
                try
                {
                    await next();
                }
                finally
                {
                    _ended.TrySetResult();
                }
            });
            app.UseStratAIRateLimiting();
        });
}
