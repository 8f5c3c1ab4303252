using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;
using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>
/// An instance with an OpenTelemetry collector, after a busy run, a look at its metrics, and its end: what is left is what it told of itself. A distributed one has
/// lost its Redis and its object store on the way.
/// </summary>
public abstract class BusyHost(HostFixture fixture) : IAsyncLifetime
{
    private readonly LogCapture _logs = new();

    public bool IsDistributed => fixture.IsDistributed;

    public OtlpCollector Collector { get; private set; } = null!;

    /// <summary>The answer of <c>/metrics</c> after the run.</summary>
    public Answer Metrics { get; private set; } = null!;

    /// <summary>The instruments of the host and the packages: name and unit.</summary>
    public IReadOnlyDictionary<string, string> Instruments { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyList<LogLine> Logs { get; private set; } = [];

    /// <summary>Those from before servers were taken away.</summary>
    public IReadOnlyList<LogLine> LogsInHealth { get; private set; } = [];

    internal BusyRun Run { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Collector = await OtlpCollector.StartAsync();
        await using var redis = new TcpProxy(TestServers.Redis.Split(',')[0]);
        await using var s3 = new TcpProxy(new Uri(TestServers.S3Endpoint).Authority);
        var settings = fixture.SettingsApart(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", Collector.Address.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test"),
            ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true"),
            ("Logging:LogLevel:Default", "Information"),
            ("Logging:LogLevel:StratAI", "Trace"));
        if (IsDistributed)
        {
            settings["ConnectionStrings:Redis"] = $"{redis.Endpoint},asyncTimeout=1000,syncTimeout=1000";
            settings["Limits:RedisTimeout"] = "00:00:01";
            settings["Storage:S3:Endpoint"] = $"http://{s3.Endpoint}";
            settings["Storage:S3:Timeout"] = "00:00:02";
        }

        await using (var host = new HostInstance(settings, builder => builder
            .ConfigureLogging(logging => logging.AddProvider(_logs))
            .ConfigureTestServices(services => services.AddSingleton<IChatClient>(_ => new HttpModel(Collector.Address)))))
        {
            Run = new BusyRun(host, fixture.Calendar);
            await Run.RunAsync();
            LogsInHealth = _logs.Lines;
            if (IsDistributed)
            {
                redis.Stall();
                await Run.User.GetAsync("/api/preferences");
                await Run.User.PatchAsync("/api/preferences", new { theme = "dark" });
                await Run.User.PostAsync("/api/chat", new { message = "canary-late" });
                redis.Restore();
                s3.Cut();
                await Run.User.UploadAsync("canary-lost.txt", "canary"u8.ToArray());
                s3.Restore();
            }

            Instruments = InstrumentsNow();
            Metrics = await new ApiClient(host.Anonymous(), "").GetAsync("/metrics");
        }

        // The host that the program runs disposes of itself a little later.
        await Infrastructure.Eventually.TrueAsync(() => Task.FromResult(HasAllSignals()));
        Logs = _logs.Lines;
    }

    public async Task DisposeAsync() => await Collector.DisposeAsync();

    private bool HasAllSignals() =>
        Collector.TextOf("metrics").Length > 0
        && Collector.TextOf("logs").Contains("Application is shutting down", StringComparison.Ordinal)
        && Collector.Spans.Any(span => span.TraceId == Run.RefusedTrace)
        // Commands of Redis come last.
        && (!IsDistributed || Collector.Spans.Any(span => span.TraceId == Run.ChatTrace && span.Name == "EVALSHA"));

    private static Dictionary<string, string> InstrumentsNow()
    {
        var found = new Dictionary<string, string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("StratAI.", StringComparison.Ordinal))
                {
                    found[instrument.Name] = instrument.Unit ?? "";
                }
            },
        };
        listener.Start();
        return found;
    }
}

public sealed class EmbeddedBusyHost(EmbeddedHost fixture) : BusyHost(fixture);

public sealed class DistributedBusyHost(DistributedHost fixture) : BusyHost(fixture);
