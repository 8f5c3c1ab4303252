using System.Globalization;
using System.Text.RegularExpressions;
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
        var line = Assert.Single(busy.Logs, line => line.Category == "StratAI.Host.Requests" && line.Scope["TraceId"] == busy.Run.UploadTrace);

        Assert.StartsWith("POST /api/documents/ answered 201 in ", line.Text, StringComparison.Ordinal);
        Assert.Equal(["Instance", "RequestId", "SpanId", "TraceId"], line.Scope.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(busy.Run.RefusedTrace, busy.Run.RefusalTrace);
    }

    [Fact]
    public void A_request_that_failed_or_was_slow_is_at_a_level_that_is_seen()
    {
        var requests = busy.Logs.Where(line => line.Category == "StratAI.Host.Requests" && !line.Text.StartsWith("POST /api/chat", StringComparison.Ordinal)).ToList();

        Assert.All(requests, line =>
        {
            var answered = Answered().Match(line.Text);
            var isSeen = answered.Groups["status"].Value[0] == '5' || double.Parse(answered.Groups["time"].Value, CultureInfo.InvariantCulture) >= 1000;
            Assert.Equal(isSeen ? LogLevel.Information : LogLevel.Debug, line.Level);
        });
        Assert.Equal(busy.IsDistributed, requests.Exists(line => line.Text.Contains(" answered 503 ", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"answered (?<status>\d+) in (?<time>[\d.]+) ms")]
    private static partial Regex Answered();

    [Fact]
    public void Nothing_is_worth_a_warning_while_nothing_has_failed() => Assert.DoesNotContain(
        busy.IsDistributed ? busy.LogsInHealth : busy.Logs,
        line => line.Level >= LogLevel.Warning && line.Category.StartsWith("StratAI.", StringComparison.Ordinal));
}
