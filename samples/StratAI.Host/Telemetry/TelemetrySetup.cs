using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using StratAI.Caching;
using StratAI.Host.Hosting;
using StratAI.Pagination;
using StratAI.RateLimiting;
using StratAI.Storage;
using StratAI.Storage.Imaging;

namespace StratAI.Host.Telemetry;

internal static class TelemetrySetup
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Meters and activity sources of the packages share their names.
    private static readonly string[] Own =
    [
        HostTelemetry.Name, CachingDiagnostics.MeterName, RateLimitingDiagnostics.MeterName, PaginationDiagnostics.MeterName, StorageDiagnostics.MeterName,
        ImagingDiagnostics.MeterName,
    ];

    private static readonly string[] Meters =
    [
        .. Own, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", ModelSource,
    ];

    private static readonly string[] Sources = [.. Own, "System.Net.Http", "Npgsql", ModelSource];

    /// <summary>What the client of the language model traces and measures, by Microsoft.Extensions.AI.</summary>
    public const string ModelSource = "Experimental.Microsoft.Extensions.AI";

    /// <summary>
    /// Metrics for <c>/metrics</c>, and each signal to an OTLP collector where the standard variables name one. Without a collector nothing is traced and
    /// nothing leaves the process.
    /// </summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.AddLogs();
        builder.AddMetricsPort();
        var configuration = builder.Configuration;
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .Clear()
            .AddTelemetrySdk()
            .AddDetector(provider => new InstanceResource(provider.GetRequiredService<InstanceIdentity>()))
            // Last, as what the operator says stands.
            .AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters).AddPrometheusExporter();
            if (IsExported("METRICS"))
            {
                metrics.AddOtlpExporter();
            }
        });
        if (IsExported("TRACES"))
        {
            telemetry.WithTracing(traces =>
            {
                traces.AddSource(Sources).AddProcessor<SpanPrivacy>().AddAspNetCoreInstrumentation(options => options.Filter = IsTraced);
                if (!string.IsNullOrWhiteSpace(configuration.GetConnectionString("Redis")))
                {
                    traces.AddRedisInstrumentation();
                }

                traces.AddOtlpExporter();
            });
        }

        if (IsExported("LOGS"))
        {
            telemetry.WithLogging(logs => logs.AddOtlpExporter(), options => options.IncludeScopes = true);
        }

        bool IsExported(string signal) => !string.IsNullOrWhiteSpace(configuration[Endpoint] ?? configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);
    }

    // Probes and scrapes come all the time and say nothing.
    private static bool IsTraced(HttpContext context) => !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments(MetricsEndpoint.Path);

    private sealed class InstanceResource(InstanceIdentity instance) : IResourceDetector
    {
        public Resource Detect() => ResourceBuilder.CreateEmpty()
            .AddService("stratai-host", serviceVersion: typeof(InstanceResource).Assembly.GetName().Version?.ToString(3), serviceInstanceId: instance.Name)
            .Build();
    }
}
