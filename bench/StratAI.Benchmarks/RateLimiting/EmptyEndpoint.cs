using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>An application in the process whose one endpoint does nothing, asked by one user.</summary>
internal sealed class EmptyEndpoint : IAsyncDisposable
{
    private static readonly ClaimsPrincipal User = new(new ClaimsIdentity([new("sub", Limits.Key)], "bench"));

    private readonly WebApplication _app;
    private readonly TestServer _server;

    private EmptyEndpoint(WebApplication app) => (_app, _server) = (app, app.GetTestServer());

    public static async Task<EmptyEndpoint> StartAsync(
        Action<IServiceCollection> register, Action<WebApplication> use, Action<IEndpointConventionBuilder> limit)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        register(builder.Services);
        var app = builder.Build();
        app.UseRouting();
        use(app);
        limit(app.MapGet("/", static (HttpContext _) => Task.CompletedTask));
        await app.StartAsync();
        return new(app);
    }

    public async Task<int> GetAsync()
    {
        var context = await _server.SendAsync(static context =>
        {
            (context.Request.Method, context.Request.Path, context.User) = ("GET", "/", User);
        });
        return context.Response.StatusCode is 200 and var status
            ? status
            : throw new InvalidOperationException($"The answer was {context.Response.StatusCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
