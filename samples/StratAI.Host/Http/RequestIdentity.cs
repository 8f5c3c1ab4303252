using System.Text.RegularExpressions;
using StratAI.Host.Hosting;
using StratAI.Host.Telemetry;

namespace StratAI.Host.Http;

internal static partial class RequestIdentity
{
    /// <summary>Echoes a safe <c>X-Request-Id</c> or makes one, and names the instance that answers. Log lines of the request carry the id.</summary>
    public static IApplicationBuilder UseRequestIdentity(this IApplicationBuilder app)
    {
        var instance = app.ApplicationServices.GetRequiredService<InstanceIdentity>().Name;
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("StratAI.Host.Http");
        return app.Use(async (context, next) =>
        {
            var given = context.Request.Headers["X-Request-Id"];
            var id = given.Count == 1 && SafeId().IsMatch(given[0]!) ? given[0]! : Guid.CreateVersion7().ToString();
            context.TraceIdentifier = id;
            // At the last moment, as the exception handler clears the headers of a failed answer.
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-Request-Id"] = id;
                context.Response.Headers["X-Instance-Id"] = instance;
                return Task.CompletedTask;
            });
            using (logger.BeginScope(new RequestScope(id)))
            {
                await next(context);
            }
        });
    }

    [GeneratedRegex(@"^[A-Za-z0-9._~:/+=\-]{1,128}$")]
    private static partial Regex SafeId();
}
