using System.Text.RegularExpressions;

namespace StratAI.Host.Tests.Telemetry;

public abstract partial class TelemetryTests
{
    [Theory]
    [InlineData("http_server_request_duration_seconds_count")]
    [InlineData("dotnet_gc_collections_total")]
    [InlineData("stratai_cache_requests_total")]
    [InlineData("stratai_mutex_wait_duration_seconds_count")]
    [InlineData("stratai_rate_limiting_checks_total")]
    [InlineData("stratai_pagination_requests_total")]
    [InlineData("stratai_storage_operation_duration_seconds_count")]
    [InlineData("stratai_storage_imaging_duration_seconds_count")]
    [InlineData("stratai_host_chat_first_text_duration_seconds_count")]
    [InlineData("stratai_host_chat_generation_duration_seconds_count")]
    [InlineData("stratai_host_chat_streams")]
    public void Every_part_is_measured(string metric) => Assert.Contains(metric, new Scrape(busy.Metrics.Text).Names);

    [Fact]
    public void Metrics_are_for_Prometheus_and_take_neither_token_nor_limit()
    {
        Assert.Equal((200, "text/plain"), (busy.Metrics.Status, busy.Metrics.Headers["Content-Type"].Split(';')[0]));
        Assert.DoesNotContain("RateLimit", busy.Metrics.Headers.Keys);
        var used = new Scrape(busy.Metrics.Text).Labels["kind"];
        Assert.Equal(["cached_input", "input", "output"], used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Labels_name_nobody()
    {
        // Pools of tests, which are heard too, are named by their connection strings.
        var values = new Scrape(busy.Metrics.Text).Labels.Where(label => label.Key is not ("service_instance_id" or "db_client_connection_pool_name")).SelectMany(label => label.Value).ToList();

        Assert.DoesNotContain(values, value => value.Contains("canary", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(values, value => Identifier().IsMatch(value));
        // Routes, never paths.
        Assert.Contains("/api/spaces/{id:guid}/members/{userId}", values);
    }

    [GeneratedRegex("[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}", RegexOptions.IgnoreCase)]
    private static partial Regex Identifier();
}
