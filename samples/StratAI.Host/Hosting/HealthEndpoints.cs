using System.Diagnostics;
using StackExchange.Redis;
using StratAI.Host.Database;
using StratAI.Storage;

namespace StratAI.Host.Hosting;

/// <summary>Whether the host can serve, part by part, and what still holds the deployment to one instance.</summary>
internal sealed record HealthReport(string Status, IReadOnlyDictionary<string, PartHealth> Parts, IReadOnlyList<string> Constraints);

internal sealed record PartHealth(string Status, string Mode, double LatencyMs);

internal static partial class HealthEndpoints
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    public static void MapHealth(this WebApplication app)
    {
        var health = app.MapGroup("/health").AllowAnonymous().ExcludeFromDescription().WithCacheControl("no-store");
        health.MapGet("/live", () => TypedResults.Ok(new { status = "live" }));
        health.MapGet("/ready", Ready);
    }

    /// <summary>503 when a part that requests need is down. Redis is not one: without it, limits and caches do what their outage policy says.</summary>
    private static async Task<IResult> Ready(HttpContext context, PartModes modes, AppDatabase database, IObjectStore objects, ILogger<PartHealth> logger, CancellationToken cancellation)
    {
        var redis = context.RequestServices.GetService<IConnectionMultiplexer>();
        var checks = await Task.WhenAll(
            Check("database", modes.Database, token => database.FindAsync<int>("SELECT 1", new { }, token)),
            Check("memory", modes.Memory, token => redis is null ? Task.CompletedTask : redis.GetDatabase().PingAsync()),
            Check("objects", modes.Objects, token => objects.StatAsync("health", token)));

        var ready = checks.All(check => check.Health.Status == "up" || check.Name == "memory");
        return TypedResults.Json(
            new HealthReport(ready ? "ready" : "unavailable", checks.ToDictionary(check => check.Name, check => check.Health), modes.Constraints),
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

        async Task<(string Name, PartHealth Health)> Check(string name, bool distributed, Func<CancellationToken, Task> check)
        {
            var started = Stopwatch.GetTimestamp();
            var up = true;
            try
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                deadline.CancelAfter(Deadline);
                await check(deadline.Token).WaitAsync(deadline.Token);
            }
            catch (Exception exception)
            {
                LogDown(logger, exception, name);
                up = false;
            }

            return (name, new(up ? "up" : "down", PartModes.NameOf(distributed), Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1)));
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The health check of {Part} failed.")]
    private static partial void LogDown(ILogger logger, Exception exception, string part);
}
