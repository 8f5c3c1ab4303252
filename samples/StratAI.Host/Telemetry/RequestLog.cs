using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace StratAI.Host.Telemetry;

/// <summary>One line per request: at Information when the server failed or took its time, else at Debug. It names the route and never the path.</summary>
internal static partial class RequestLog
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly FrozenSet<string> Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    public static IApplicationBuilder UseRequestLog(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("StratAI.Host.Requests");
        return app.Use(async (context, next) =>
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await next(context);
            }
            finally
            {
                var (elapsed, status) = (Stopwatch.GetElapsedTime(started), context.Response.StatusCode);
                // A stream lasts as long as there is something to tell.
                var isSlow = elapsed >= Slow && context.Response.ContentType != "text/event-stream";
                var level = isSlow || status >= StatusCodes.Status500InternalServerError ? LogLevel.Information : LogLevel.Debug;
                if (logger.IsEnabled(level))
                {
                    var (method, route) = (MethodOf(context.Request), RouteOf(context));
                    LogRequest(logger, level, method, route, status, elapsed.TotalMilliseconds);
                }
            }
        });
    }

    // A client may send any word as its method.
    private static string MethodOf(HttpRequest request) => Methods.Contains(request.Method) ? request.Method : "_OTHER";

    // The handler of exceptions takes the endpoint off the request.
    private static string RouteOf(HttpContext context) =>
        ((context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint) as RouteEndpoint)?.RoutePattern.RawText ?? "no route";

    [LoggerMessage(EventId = 1, Message = "{Method} {Route} answered {Status} in {Milliseconds:0.0} ms")]
    private static partial void LogRequest(ILogger logger, LogLevel level, string method, string route, int status, double milliseconds);
}
