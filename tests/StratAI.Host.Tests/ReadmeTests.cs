using System.Diagnostics;
using System.Text.RegularExpressions;
using StratAI.Host.Tests.Infrastructure;
using StratAI.Testing;

namespace StratAI.Host.Tests;

/// <summary>What the README tells a newcomer to paste does what it says.</summary>
[Collection(EmbeddedShape.Name)]
public sealed partial class ReadmeTests(EmbeddedHost host)
{
    [Fact]
    public async Task The_walk_through_works_as_it_is_written()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(TestServers.RepositoryRoot, "README.md"));
        var script = WalkThrough().Match(readme).Groups["script"].Value;
        Assert.Contains("HOST=http://localhost:5080", script, StringComparison.Ordinal);
        script = script.Replace("http://localhost:5080", host.Host.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);

        using var bash = Process.Start(new ProcessStartInfo("bash", ["-e", "-u", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = bash.StandardError.ReadToEndAsync();
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.True(bash.ExitCode == 0, await errors + output);
        Assert.Contains("\"title\":\"Water the tomatoes\"", output, StringComparison.Ordinal);
        Assert.Contains("\"total\":3", output, StringComparison.Ordinal);
        Assert.Contains("\n# Garden\n", output, StringComparison.Ordinal);
        Assert.EndsWith("\"status\":\"complete\"}", output.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("problem", output, StringComparison.Ordinal);

        // The answer that the README shows is the one that came.
        var promised = Promised().Match(readme).Groups["answer"].Value.Trim();
        Assert.Equal(promised, string.Concat(Delta().Matches(output).Select(match => Regex.Unescape(match.Groups["text"].Value))).Trim());
    }

    [GeneratedRegex("<!-- walkthrough.*?-->\n```bash\n(?<script>.*?)```", RegexOptions.Singleline)]
    private static partial Regex WalkThrough();

    [GeneratedRegex("streams word by word.*?```\n(?<answer>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Promised();

    [GeneratedRegex("""event: delta\ndata: \{"text":"(?<text>.*?)"\}\n""")]
    private static partial Regex Delta();
}
