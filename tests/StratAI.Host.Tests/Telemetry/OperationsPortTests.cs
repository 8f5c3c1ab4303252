using System.Diagnostics;
using System.Text.Json.Nodes;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>The host as a process in Production: metrics on a port of their own, log lines as JSON, and a collector that is not there.</summary>
public sealed class OperationsPortTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stratai-operations-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Metrics_have_a_port_of_their_own_and_a_dead_collector_is_not_noticed()
    {
        var port = HostProcess.FreePort();
        await using var host = new HostProcess(
            ("Data:Folder", _folder), ("ASPNETCORE_ENVIRONMENT", "Production"), ("Auth:SigningKey", HostFixture.SigningKey), ("Metrics:Port", $"{port}"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_BLRP_SCHEDULE_DELAY", "100"));
        await host.WaitUntilReadyAsync();
        var client = new ApiClient(new HttpClient { BaseAddress = host.Address }, "");
        var operators = new ApiClient(new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") }, "");

        Assert.Equal((404, "not-found"), await StatusAsync(client, "/metrics"));
        var metrics = await operators.GetAsync("/metrics");
        Assert.Equal(200, metrics.Status);
        Assert.Contains("http_server_request_duration_seconds_bucket", metrics.Text, StringComparison.Ordinal);
        Assert.Equal((404, null), await StatusAsync(operators, "/health/live"));
        Assert.Equal((404, null), await StatusAsync(operators, "/api/me"));
        Assert.Equal((404, null), await StatusAsync(operators, "/openapi/v1.json"));
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal((401, "unauthenticated"), await StatusAsync(client, "/api/me"));
        }

        var stopping = Stopwatch.GetTimestamp();
        var (exitCode, output) = await host.TerminateAsync();

        Assert.Equal(0, exitCode);
        Assert.True(Stopwatch.GetElapsedTime(stopping) < TimeSpan.FromSeconds(20), "It waits for the collector.");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.All(lines, line => Assert.Equal(lines[0]["Scopes"]![0]!["Instance"]!.GetValue<string>(), line["Scopes"]![0]!["Instance"]!.GetValue<string>()));
        Assert.All(lines, line => Assert.Equal("Information", line["LogLevel"]!.GetValue<string>()));
        Assert.True(lines.Count < 60, $"{lines.Count} lines.");
    }

    private static async Task<(int, string?)> StatusAsync(ApiClient client, string path)
    {
        var answer = await client.GetAsync(path);
        return (answer.Status, answer.Code);
    }
}
