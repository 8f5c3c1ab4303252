using System.Text.RegularExpressions;

namespace StratAI.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int LineLimit = 400;

    /// <summary>Folders of one machine, and the hosts of registries, which are each user's own choice. Written apart so as not to be found here.</summary>
    private static readonly string[] Forbidden =
    [
        "/wo" + "rk/", "api.nuget" + ".org", "registry.npmjs" + ".org", "pypi" + ".org", "proxy.golang" + ".org", "deb.debian" + ".org",
    ];

    [Fact]
    public void The_namespace_of_a_source_file_is_its_folder()
    {
        var misplaced =
            from file in Repository.Files("src", "*.cs")
            let declared = Namespace().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value).ToList()
            where declared is not [var only] || (only != NamespaceOf(file) && !PublicTypeTests.ExtensionNamespaces.Contains(only))
            select $"{file}: {string.Join(", ", declared)}";

        Assert.Empty(misplaced);
    }

    [Fact]
    public void A_source_file_can_be_read_in_one_sitting()
    {
        var tooLong = Repository.Files("src", "*.cs").Where(file => File.ReadLines(Repository.PathOf(file)).Count() > LineLimit);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_file_names_a_machine_or_a_registry()
    {
        var findings =
            from file in Repository.Files("")
            let text = Repository.Read(file)
            where !text.Contains('\0', StringComparison.Ordinal)
            from word in Forbidden
            where text.Contains(word, StringComparison.OrdinalIgnoreCase)
            select $"{file}: {word}";

        Assert.Empty(findings);
    }

    [Fact]
    public void No_test_is_skipped()
    {
        // A skipped test reads like a passed one.
        var skipped = Repository.Files("tests", "*.cs").Where(file => Skip().IsMatch(Repository.Read(file)));

        Assert.Empty(skipped);
    }

    // src/StratAI.Caching/Redis is StratAI.Caching.Redis, and src/Shared/Redis is StratAI.Shared.Redis.
    private static string NamespaceOf(string file)
    {
        var folder = Path.GetDirectoryName(file)!["src/".Length..].Replace('/', '.');
        return folder.StartsWith("StratAI.", StringComparison.Ordinal) ? folder : $"StratAI.{folder}";
    }

    [GeneratedRegex(@"^namespace ([\w.]+);$", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bSkip\w*\s*=\s*[""n]")]
    private static partial Regex Skip();
}
