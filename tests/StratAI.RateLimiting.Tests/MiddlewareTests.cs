using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace StratAI.RateLimiting.Tests;

public sealed class MiddlewareTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private WebApplication? _app;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    [Fact]
    public async Task Every_answer_of_a_limited_endpoint_carries_the_header_fields()
    {
        var client = await StartAsync(app => app.MapGet("/", () => "ok").RequireLimits("user", "burst"));

        var first = await client.SendAsync(Request("/", user: "ada"));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("\"user\";q=3;w=60, \"burst\";q=2", Header(first, "RateLimit-Policy"));
        Assert.Equal("\"user\";r=2;t=20, \"burst\";r=1;t=1", Header(first, "RateLimit"));
        Assert.Null(first.Headers.RetryAfter);

        var next = await client.SendAsync(Request("/", user: "ada"));
        Assert.Equal("\"user\";r=1;t=40, \"burst\";r=0;t=1", Header(next, "RateLimit"));
    }

    [Fact]
    public async Task A_refusal_is_a_429_problem_that_names_the_violated_policies_and_a_wait_that_is_never_early()
    {
        var client = await StartAsync(app => app.MapGet("/", () => "ok").RequireLimits("user", "ip"));
        await SpendAsync(client, 3);
        _clock.Advance(TimeSpan.FromSeconds(18.5));

        var refused = await client.SendAsync(Request("/", user: "ada"));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("\"user\";r=0;t=2, \"ip\";r=100;t=0", Header(refused, "RateLimit"));
        Assert.True(refused.Headers.CacheControl!.NoStore);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            """{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded","title":"The request cannot be served: its quota is exceeded.","status":429,"violated-policies":["user"]}""",
            await refused.Content.ReadAsStringAsync());

        _clock.Advance(refused.Headers.RetryAfter.Delta!.Value);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(Request("/", user: "ada"))).StatusCode);
    }

    [Fact]
    public async Task A_refused_request_does_not_reach_the_endpoint()
    {
        var reached = 0;
        var client = await StartAsync(app => app.MapGet("/", () => { reached++; }).RequireLimits("user"));

        await SpendAsync(client, 5);

        Assert.Equal(3, reached);
    }

    [Fact]
    public async Task Limits_of_groups_and_endpoints_add_up_and_DisableLimits_exempts()
    {
        var client = await StartAsync(app =>
        {
            var api = app.MapGroup("/api").RequireLimits("user");
            api.MapGet("/plain", () => "ok");
            api.MapGet("/more", () => "ok").RequireLimits("burst", "user");
            api.MapGet("/exempt", () => "ok").DisableLimits();
            api.MapGroup("/inner").DisableLimits().MapGet("/again", () => "ok").RequireLimits("burst");
            app.MapGet("/free", () => "ok");
        });

        Assert.Equal("\"user\";q=3;w=60", Header(await client.SendAsync(Request("/api/plain", "ada")), "RateLimit-Policy"));
        Assert.Equal("\"user\";q=3;w=60, \"burst\";q=2", Header(await client.SendAsync(Request("/api/more", "ada")), "RateLimit-Policy"));
        Assert.Equal("\"burst\";q=2", Header(await client.SendAsync(Request("/api/inner/again", "ada")), "RateLimit-Policy"));
        foreach (var path in (string[])["/api/exempt", "/free", "/missing"])
        {
            Assert.False((await client.SendAsync(Request(path, "ada"))).Headers.Contains("RateLimit-Policy"));
        }
    }

    [Fact]
    public async Task A_policy_whose_partition_is_null_does_not_apply()
    {
        var client = await StartAsync(app => app.MapGet("/", () => "ok").RequireLimits("user", "ip"));

        var anonymous = await client.SendAsync(Request("/", user: null));

        Assert.Equal("\"ip\";q=100;w=60", Header(anonymous, "RateLimit-Policy"));
    }

    [Fact]
    public async Task A_named_stage_decides_its_policies_first_and_each_policy_is_charged_once()
    {
        var between = 0;
        var client = await StartAsync(
            app => app.MapGet("/", () => "ok").RequireLimits("user", "once"),
            pipeline: app =>
            {
                app.UseStratAIRateLimiting("once");
                app.Use((_, next) =>
                {
                    between++;
                    return next();
                });
                app.UseStratAIRateLimiting();
            });

        var admitted = await client.SendAsync(Request("/", "ada"));
        Assert.Equal("\"once\";q=1;w=3600, \"user\";q=3;w=60", Header(admitted, "RateLimit-Policy"));
        Assert.Equal("\"once\";r=0;t=3600, \"user\";r=2;t=20", Header(admitted, "RateLimit"));

        var refused = await client.SendAsync(Request("/", "ada"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("\"once\";r=0;t=3600", Header(refused, "RateLimit"));
        Assert.Equal(1, between);
    }

    [Fact]
    public async Task The_header_fields_survive_an_exception_handler_and_its_second_run_is_not_charged()
    {
        var client = await StartAsync(
            app =>
            {
                app.MapGet("/", string () => throw new InvalidOperationException("of the test")).RequireLimits("user");
                app.MapGet("/error", () => Results.Problem()).RequireLimits("user");
            },
            pipeline: app => app.UseExceptionHandler("/error").UseRouting().UseStratAIRateLimiting());

        var failed = await client.SendAsync(Request("/", "ada"));

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal("\"user\";r=2;t=20", Header(failed, "RateLimit"));
    }

    [Fact]
    public async Task OnRejected_writes_its_own_answer()
    {
        var client = await StartAsync(
            app => app.MapGet("/", () => "ok").RequireLimits("user"),
            o => o.OnRejected = async (context, decision) =>
            {
                context.Response.StatusCode = 420;
                await context.Response.WriteAsync($"{decision.Policies[0].Policy}: {decision.RetryAfter!.Value.TotalSeconds} s");
            });
        await SpendAsync(client, 3);

        var refused = await client.SendAsync(Request("/", "ada"));

        Assert.Equal(420, (int)refused.StatusCode);
        Assert.Equal("user: 20 s", await refused.Content.ReadAsStringAsync());
        Assert.Equal(TimeSpan.FromSeconds(20), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("\"user\";r=0;t=20", Header(refused, "RateLimit"));
    }

    [Fact]
    public async Task With_Redis_down_open_limits_admit_and_closed_ones_answer_503()
    {
        var client = await StartAsync(
            app =>
            {
                app.MapGet("/open", () => "ok").RequireLimits("open");
                app.MapGet("/closed", () => "ok").RequireLimits("closed", "open");
            },
            o =>
            {
                // Nothing listens on port 1: connections are refused at once.
                o.Configuration = "127.0.0.1:1,connectTimeout=200";
                o.RedisTimeout = TimeSpan.FromMilliseconds(20);
            },
            clock: TimeProvider.System);

        for (var i = 0; i < 3; i++)
        {
            var open = await client.SendAsync(Request("/open", "ada"));
            Assert.Equal(HttpStatusCode.OK, open.StatusCode);
            Assert.Equal("\"open\";q=1;w=3600", Header(open, "RateLimit-Policy"));
            Assert.False(open.Headers.Contains("RateLimit"));
        }

        var closed = await client.SendAsync(Request("/closed", "ada"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, closed.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), closed.Headers.RetryAfter!.Delta);
        Assert.True(closed.Headers.CacheControl!.NoStore);
        var problem = await closed.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("https://iana.org/assignments/http-problem-types#temporary-reduced-capacity", problem.GetProperty("type").GetString());
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.Equal("closed", Assert.Single(problem.GetProperty("violated-policies").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData("unknown", "names the limit 'unknown', which is not configured.")]
    [InlineData("code-only", "names the limit 'code-only', which is configured without a partition for requests.")]
    public async Task An_endpoint_with_a_limit_that_cannot_apply_fails_the_start(string policy, string words)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(app => app.MapGet("/bad", () => "ok").RequireLimits(policy)));

        Assert.Contains("/bad", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_with_a_limit_that_no_middleware_applies_fails_the_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(app => app.MapGet("/bad", () => "ok").RequireLimits("user"), pipeline: app => app.UseStratAIRateLimiting("ip")));

        Assert.Contains("'HTTP: GET /bad' requires the limit 'user', and nothing applies it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_middleware_says_what_is_missing()
    {
        using var empty = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("AddStratAIRateLimiting", Assert.Throws<InvalidOperationException>(() => empty.UseStratAIRateLimiting()).Message, StringComparison.Ordinal);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddStratAIRateLimiting();
        using var app = builder.Build();
        Assert.Contains("'nope'", Assert.Throws<InvalidOperationException>(() => app.UseStratAIRateLimiting("nope")).Message, StringComparison.Ordinal);
    }

    private static HttpRequestMessage Request(string path, string? user)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (user is not null)
        {
            request.Headers.Add("X-User", user);
        }

        return request;
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    private static async Task SpendAsync(HttpClient client, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            await client.SendAsync(Request("/", "ada"));
        }
    }

    private async Task<HttpClient> StartAsync(
        Action<WebApplication> map, Action<RateLimitingOptions>? configure = null, Action<WebApplication>? pipeline = null, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock ?? _clock);
        builder.Services.AddStratAIRateLimiting(o =>
        {
            static string? ByHeader(HttpContext context) => context.Request.Headers["X-User"];
            o.AddPolicy("user", new() { PermitLimit = 3, Window = TimeSpan.FromMinutes(1) }, ByHeader);
            o.AddPolicy("burst", new() { PermitLimit = 2, Window = TimeSpan.FromMilliseconds(500) }, ByHeader);
            o.AddPolicy("ip", new() { PermitLimit = 100, Window = TimeSpan.FromMinutes(1) }, RateLimitPartitions.ByIpAddress);
            o.AddPolicy("once", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) }, ByHeader);
            o.AddPolicy("open", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1), Outage = OutageBehavior.Open }, ByHeader);
            o.AddPolicy("closed", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1), Outage = OutageBehavior.Closed }, ByHeader);
            o.AddPolicy("code-only", new() { PermitLimit = 1, Window = TimeSpan.FromHours(1) });
            configure?.Invoke(o);
        });
        _app = builder.Build();
        (pipeline ?? (app => app.UseStratAIRateLimiting()))(_app);
        map(_app);
        await _app.StartAsync();
        return _app.GetTestClient();
    }
}
