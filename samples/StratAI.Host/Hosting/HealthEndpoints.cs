using System.Diagnostics;
using StackExchange.Redis;
using StratAI.Host.Features.Scaling;
using StratAI.Storage;

namespace StratAI.Host.Hosting;

/// <summary>Whether the host can serve, part by part, and what still holds the deployment to one instance.</summary>
/// <param name="Status">"ready" or "unavailable".</param>
/// <param name="Reasons">Why it must not serve; empty when it may.</param>
/// <param name="Parts">Each part with its mode and how long it took to answer.</param>
/// <param name="Pool">Null on SQLite and while the database does not answer.</param>
/// <param name="Constraints">What holds the deployment to one instance.</param>
internal sealed record HealthReport(
    string Status, IReadOnlyList<string> Reasons, IReadOnlyDictionary<string, PartHealth> Parts, PoolUse? Pool, IReadOnlyList<string> Constraints);

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

    /// <summary>
    /// 503 when a part that requests need is down, and when another instance is alive that this one must not serve beside. Redis is not needed: without it,
    /// limits and caches do what their outage policy says.
    /// </summary>
    private static async Task<IResult> Ready(HttpContext context, PartModes modes, Heartbeat heartbeat, IObjectStore objects, ILogger<PartHealth> logger, CancellationToken cancellation)
    {
        var redis = context.RequestServices.GetService<IConnectionMultiplexer>();
        IReadOnlyList<Instance> alive = [];
        var checks = await Task.WhenAll(
            Check("database", modes.Database, async token => alive = await heartbeat.AliveAsync(token)),
            Check("memory", modes.Memory, token => redis is null ? Task.CompletedTask : redis.GetDatabase().PingAsync()),
            Check("objects", modes.Objects, token => objects.StatAsync("health", token)));

        IReadOnlyList<string> reasons =
        [
            .. checks.Where(check => check.Health.Status == "down" && check.Name != "memory").Select(check => $"The part '{check.Name}' does not answer."),
            .. Deployment.Conflicts(alive),
        ];
        var pool = alive.Count > 0 ? heartbeat.PoolOf(alive) : null;
        return TypedResults.Json(
            new HealthReport(reasons.Count == 0 ? "ready" : "unavailable", reasons, checks.ToDictionary(check => check.Name, check => check.Health), pool, modes.Constraints),
            statusCode: reasons.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

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
