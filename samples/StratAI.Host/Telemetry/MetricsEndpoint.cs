using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using StratAI.Host.Hosting;

namespace StratAI.Host.Telemetry;

/// <summary>
/// <c>GET /metrics</c> for Prometheus: on the public port, or with <c>Metrics:Port</c> on that one alone, which answers nothing else. It takes no token, as
/// it names nobody; it is not counted by limits, not traced and not measured. Scrapes within 300 ms share one collection.
/// </summary>
internal static class MetricsEndpoint
{
    public const string Path = "/metrics";

    private const string PortSetting = "Metrics:Port";

    /// <summary>Has the server listen on <c>Metrics:Port</c> beside whatever else it is to listen on.</summary>
    /// <exception cref="StartupException">It is no port, or the public one.</exception>
    public static void AddMetricsPort(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (PortOf(configuration) is not { } port)
        {
            return;
        }

        var url = string.Create(CultureInfo.InvariantCulture, $"http://*:{port}");
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            configuration["Kestrel:Endpoints:Metrics:Url"] = url;
            return;
        }

        var ports = configuration["http_ports"];
        if (string.IsNullOrEmpty(configuration["urls"]) && !string.IsNullOrEmpty(ports ?? configuration["https_ports"]))
        {
            RefuseShared(port, $"{ports};{configuration["https_ports"]}".Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            configuration["http_ports"] = string.Create(CultureInfo.InvariantCulture, $"{ports};{port}").TrimStart(';');
            return;
        }

        // Without any of them the server listens on this one.
        var urls = configuration["urls"] is { Length: > 0 } given ? given : "http://localhost:5000";
        RefuseShared(port, urls.Split(';').Select(address => BindingAddress.Parse(address).Port.ToString(CultureInfo.InvariantCulture)));
        builder.WebHost.UseUrls($"{urls};{url}");
    }

    /// <summary>Stands in front of everything else.</summary>
    public static void UseMetrics(this WebApplication app)
    {
        var port = PortOf(app.Configuration);
        app.Use((context, next) =>
        {
            var isOperators = port is not null && context.Connection.LocalPort == port;
            var isScrape = IsScrape(context, port);
            if ((isOperators || isScrape) && context.Features.Get<IHttpMetricsTagsFeature>() is { } measured)
            {
                measured.MetricsDisabled = true;
            }

            if (isOperators && !isScrape)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            return next(context);
        });
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context => IsScrape(context, port));
    }

    private static bool IsScrape(HttpContext context, int? port) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Path == Path && (port is null || context.Connection.LocalPort == port);

    private static int? PortOf(IConfiguration configuration) => configuration[PortSetting] switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65_535 => port,
        var text => throw new StartupException($"{PortSetting} is '{text}'; it must be a port, from 1 to 65535."),
    };

    private static void RefuseShared(int port, IEnumerable<string> taken)
    {
        if (taken.Contains(port.ToString(CultureInfo.InvariantCulture)))
        {
            throw new StartupException($"{PortSetting} is {port}, which is the public port: leave it out to have {Path} there, or name another one.");
        }
    }
}
