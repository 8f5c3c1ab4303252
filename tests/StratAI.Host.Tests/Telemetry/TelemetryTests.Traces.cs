namespace StratAI.Host.Tests.Telemetry;

public abstract partial class TelemetryTests
{
    private const string Server = "Microsoft.AspNetCore";
    private const string Redis = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    [Fact]
    public void An_upload_is_one_trace_through_all_that_it_touches() => Assert.Superset(
        busy.IsDistributed
            ? [Server, "StratAI.RateLimiting", Redis, "Npgsql", "StratAI.Storage", "System.Net.Http"]
            : new HashSet<string> { Server, "StratAI.Storage" },
        SpansOf(busy.Run.UploadTrace).Select(span => span.Scope).ToHashSet());

    [Fact]
    public void A_question_and_its_answer_are_one_trace_down_to_the_call_to_the_model()
    {
        var spans = SpansOf(busy.Run.ChatTrace);

        Assert.Superset(
            busy.IsDistributed
                ? [Server, "StratAI.RateLimiting", Redis, "Npgsql", "StratAI.Caching", "StratAI.Host", "Experimental.Microsoft.Extensions.AI", "System.Net.Http"]
                : new HashSet<string> { Server, "StratAI.Caching", "StratAI.Host", "Experimental.Microsoft.Extensions.AI", "System.Net.Http" },
            spans.Select(span => span.Scope).ToHashSet());
        var request = spans.Single(span => span.ParentId == BusyRun.ClientSpan);
        var generation = spans.Single(span => span.Name == "chat.generate");
        Assert.Equal((request.SpanId, "complete"), (generation.ParentId, generation.Tags["outcome"]));
        var model = spans.Single(span => span.Scope == "Experimental.Microsoft.Extensions.AI" && span.Name.StartsWith("chat ", StringComparison.Ordinal));
        var call = spans.Single(span => span.Scope == "System.Net.Http" && span.ParentId == model.SpanId);
        // Between them stands what calls the tools.
        var tools = spans.Single(span => span.SpanId == model.ParentId);
        Assert.Equal(generation.SpanId, tools.ParentId);
        Assert.Equal($"00-{busy.Run.ChatTrace}-{call.SpanId}-01", Assert.Single(busy.Collector.ModelCalls));
    }

    [Fact]
    public void Spans_say_where_they_come_from_and_name_nobody()
    {
        var spans = busy.Collector.Spans;
        var resource = SpansOf(busy.Run.UploadTrace)[0].Resource;

        Assert.Equal(("stratai-host", "0.1.0", "test"), (resource["service.name"], resource["service.version"], resource["deployment.environment"]));
        Assert.Equal(busy.Logs[0].Scope["Instance"], resource["service.instance.id"]);
        Assert.All(spans, span => Assert.DoesNotContain(span.Tags, tag => Names(tag.Key) || Names(tag.Value) || Names(span.Name)));
        // Probes are no requests.
        Assert.DoesNotContain(spans, span => span.Tags.GetValueOrDefault("http.route") is { } route && (route.StartsWith("/health", StringComparison.Ordinal) || route == "/metrics"));
        // Not even where the tests do not look.
        Assert.DoesNotContain("canary", busy.Collector.TextOf("traces"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_end_of_the_process_loses_no_signal()
    {
        Assert.Contains("stratai.host.chat.tokens", busy.Collector.TextOf("metrics"), StringComparison.Ordinal);
        Assert.Contains("Application is shutting down", busy.Collector.TextOf("logs"), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", busy.Collector.TextOf("metrics") + busy.Collector.TextOf("logs"), StringComparison.OrdinalIgnoreCase);
    }

    private bool Names(string text) => busy.Run.Ids.Exists(id => text.Contains(id.ToString(), StringComparison.OrdinalIgnoreCase));

    private List<ReceivedSpan> SpansOf(string trace) => [.. busy.Collector.Spans.Where(span => span.TraceId == trace)];
}
