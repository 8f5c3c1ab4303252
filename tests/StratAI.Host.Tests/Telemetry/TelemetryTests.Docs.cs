using System.Text.RegularExpressions;
using StratAI.Testing;

namespace StratAI.Host.Tests.Telemetry;

public abstract partial class TelemetryTests
{
    [Fact]
    public async Task Every_instrument_is_in_the_documentation_with_its_unit_and_its_tags()
    {
        var documented = Instrument().Matches(await DocumentationAsync()).ToDictionary(row => row.Groups["name"].Value);
        var labels = new Scrape(busy.Metrics.Text).LabelsByName;

        var (published, described) = (
            busy.Instruments.Select(instrument => $"{instrument.Key} {instrument.Value}").Order(StringComparer.Ordinal).ToList(),
            documented.Values.Select(row => $"{row.Groups["name"].Value} {row.Groups["unit"].Value}").Order(StringComparer.Ordinal).ToList());
        Assert.Empty(published.Except(described));
        // Breakers are of servers.
        Assert.Equal(busy.IsDistributed ? [] : described.Where(row => row.Contains("breaker", StringComparison.Ordinal)).Intersect(described.Except(published)), described.Except(published));
        foreach (var (name, row) in documented)
        {
            var tags = Code().Matches(row.Groups["tags"].Value).Select(tag => tag.Groups["text"].Value.Replace('.', '_')).ToHashSet();
            var used = labels.Where(metric => metric.Key.StartsWith(name.Replace('.', '_'), StringComparison.Ordinal) && metric.Key != "stratai_storage_uploads_active")
                .SelectMany(metric => metric.Value).Where(label => label != "le" && !label.StartsWith("otel_scope_", StringComparison.Ordinal));
            Assert.All(used, label => Assert.True(tags.Contains(label), $"{name} has the tag {label}."));
        }
    }

    [Fact]
    public async Task Every_span_is_in_the_documentation()
    {
        var documentation = await DocumentationAsync();

        Assert.All(
            busy.Collector.Spans.Where(span => span.Scope.StartsWith("StratAI.", StringComparison.Ordinal)).DistinctBy(span => span.Name),
            span => Assert.Matches($@"(?m)^\| `{Regex.Escape(span.Scope)}` \|.*`{Regex.Escape(span.Name)}`", documentation));
    }

    private static Task<string> DocumentationAsync() => File.ReadAllTextAsync(Path.Combine(TestServers.RepositoryRoot, "docs", "operations.md"));

    // | `name` | kind | `unit` | tags | meaning |
    [GeneratedRegex(@"^\| `(?<name>stratai\.[a-z0-9_.]+)` \| [a-z- ]+ \| (`(?<unit>[^`]+)`)? ?\| (?<tags>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Instrument();

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex Code();
}
