using Microsoft.Extensions.Logging;

namespace StratAI.Host.Tests.Telemetry;

public abstract partial class TelemetryTests
{
    [Fact]
    public void Log_lines_name_nobody()
    {
        Assert.All(busy.Logs, line => Assert.DoesNotContain("canary", Whole(line), StringComparison.OrdinalIgnoreCase));
        // The beginning of every token.
        Assert.All(busy.Logs, line => Assert.DoesNotContain("eyJ", Whole(line), StringComparison.Ordinal));
        Assert.All(busy.Logs, line => Assert.False(Names(Whole(line)), Whole(line)));

        static string Whole(LogLine line) => $"{line.Category} {line.Text} {string.Join(' ', line.Scope)}";
    }

    [Fact]
    public void A_request_is_one_line_that_its_trace_and_its_id_find()
    {
        var line = Assert.Single(busy.Logs, line => line.Category == "StratAI.Host.Requests" && line.Scope["TraceId"] == BusyRun.UploadTrace);

        Assert.StartsWith("POST /api/documents/ answered 201 in ", line.Text, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Debug, line.Level);
        Assert.Equal(["Instance", "RequestId", "SpanId", "TraceId"], line.Scope.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(BusyRun.RefusedTrace, busy.Run.RefusalTrace);
    }

    [Fact]
    public void Nothing_is_worth_a_warning_but_what_has_failed() => Assert.All(
        busy.Logs.Where(line => line.Level >= LogLevel.Warning),
        line => Assert.True(busy.IsDistributed, $"{line.Category} {line.Text}"));
}
