using System.Text.RegularExpressions;

namespace StratAI.Host.Tests.Telemetry;

/// <summary>What <c>/metrics</c> answered: the names of its samples, and the values of every label.</summary>
internal sealed partial class Scrape
{
    public Scrape(string text)
    {
        var samples = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        Names = samples.Select(line => line[..line.IndexOfAny(['{', ' '])]).ToHashSet();
        Labels = samples.SelectMany(line => Label().Matches(line)).ToLookup(label => label.Groups["name"].Value, label => label.Groups["value"].Value)
            .ToDictionary(group => group.Key, group => group.ToHashSet());
        LabelsByName = samples.GroupBy(line => line[..line.IndexOfAny(['{', ' '])])
            .ToDictionary(group => group.Key, group => group.SelectMany(line => Label().Matches(line)).Select(label => label.Groups["name"].Value).ToHashSet());
    }

    public HashSet<string> Names { get; }

    public Dictionary<string, HashSet<string>> Labels { get; }

    public Dictionary<string, HashSet<string>> LabelsByName { get; }

    [GeneratedRegex(@"(?<name>[A-Za-z_][A-Za-z0-9_]*)=""(?<value>(?:[^""\\]|\\.)*)""")]
    private static partial Regex Label();
}
