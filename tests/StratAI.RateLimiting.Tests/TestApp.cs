using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>An application under limits, on a clock the test moves. Requests name their user in a header.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApp(WebApplication app, FakeTimeProvider clock) => (_app, Clock, Client) = (app, clock, app.GetTestClient());

    public FakeTimeProvider Clock { get; }

    public HttpClient Client { get; }

    public TestServer Server => _app.GetTestServer();

    public IServiceProvider Services => _app.Services;

    public static string? User(HttpContext context) => context.Request.Headers["X-User"];

    public static async Task<TestApp> StartAsync(
        Action<RateLimitingOptions> configure, Action<WebApplication> map, Action<WebApplication>? pipeline = null, Action<WebApplicationBuilder>? build = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        var clock = new FakeTimeProvider(TestLimiters.Epoch);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddStratAIRateLimiting(configure);
        build?.Invoke(builder);
        var app = builder.Build();
        (pipeline ?? (app => app.UseStratAIRateLimiting()))(app);
        map(app);
        await app.StartAsync();
        return new(app, clock);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? user = "ada") => Client.SendAsync(Request(path, user));

    /// <summary>The statuses of as many requests, one after another, as <c>200 429</c>.</summary>
    public async Task<string> GetAsync(string path, int times, string? user = "ada")
    {
        var statuses = new List<int>();
        while (statuses.Count < times)
        {
            using var response = await GetAsync(path, user);
            statuses.Add((int)response.StatusCode);
        }

        return string.Join(' ', statuses);
    }

    public static HttpRequestMessage Request(string path, string? user = "ada")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (user is not null)
        {
            request.Headers.Add("X-User", user);
        }

        return request;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

internal static class ResponseExtensions
{
    /// <summary>The header's one value; <see langword="null"/> without it.</summary>
    public static string? Field(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;
}
