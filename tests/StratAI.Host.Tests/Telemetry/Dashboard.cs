using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using StratAI.Testing;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>The expressions of deploy/grafana/stratai.json, and what they name.</summary>
internal static partial class Dashboard
{
    public static async Task<IReadOnlyList<string>> ExpressionsAsync()
    {
        var dashboard = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(TestServers.RepositoryRoot, "deploy", "grafana", "stratai.json")))!;
        return
        [
            .. from panel in dashboard["panels"]!.AsArray()
               from target in panel!["targets"]?.AsArray() ?? []
               select target!["expr"]!.GetValue<string>(),
        ];
    }

    public static IEnumerable<string> MetricsOf(string expression) =>
        Name().Matches(Grouping().Replace(Selector().Replace(expression, ""), "")).Select(name => name.Value).Where(name => name.Contains('_') && !Functions.Contains(name));

    public static IEnumerable<string> LabelsOf(string expression) => Selector().Matches(expression).SelectMany(match => Filtered().Matches(match.Value)).Select(match => match.Groups["name"].Value)
        .Concat(Grouping().Matches(expression).SelectMany(match => Name().Matches(match.Groups["labels"].Value)).Select(match => match.Value))
        // What Prometheus adds to everything that it scrapes.
        .Where(label => label != "instance").Distinct();

    private static readonly HashSet<string> Functions = ["histogram_quantile", "clamp_min", "__rate_interval"];

    [GeneratedRegex("[A-Za-z_:][A-Za-z0-9_:]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Selector();

    [GeneratedRegex("(?<name>[A-Za-z_][A-Za-z0-9_]*) *(=~|!~|!=|=)")]
    private static partial Regex Filtered();

    [GeneratedRegex(@"\bby *\((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();
}
