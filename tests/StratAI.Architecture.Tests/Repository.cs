using System.Reflection;
using System.Xml.Linq;
using StratAI.Testing;

namespace StratAI.Architecture.Tests;

/// <summary>The repository as files.</summary>
internal static class Repository
{
    private static readonly HashSet<string> NotSource = new(StringComparer.Ordinal)
    {
        ".git", "bin", "obj", "artifacts", ".services", ".data", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea", "node_modules",
    };

    public static string Root { get; } = TestServers.RepositoryRoot;

    /// <summary>The packages' names: every folder of src with a project of that name.</summary>
    public static IReadOnlyList<string> Packages { get; } =
        [.. Directory.GetDirectories(PathOf("src")).Select(Path.GetFileName).Where(name => File.Exists(PathOf("src", name!, $"{name}.csproj"))).Order()!];

    /// <summary>The packages, in the shape of theory data.</summary>
    public static TheoryData<string> PackageNames() => [.. Packages];

    /// <summary>The package that a satellite completes: the one it is named after. <see langword="null"/> of a package that stands alone.</summary>
    public static string? ParentOf(string package) => Packages.SingleOrDefault(other => package.StartsWith($"{other}.", StringComparison.Ordinal));

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static XDocument Project(string package) => XDocument.Load(PathOf("src", package, $"{package}.csproj"));

    public static Assembly Assembly(string package) => System.Reflection.Assembly.Load(package);

    /// <summary>Every file below <paramref name="folder"/> that people write, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern = "*")
    {
        foreach (var file in Directory.EnumerateFiles(PathOf(folder), pattern).Where(file => !NotSource.Contains(Path.GetFileName(file))))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        foreach (var child in Directory.EnumerateDirectories(PathOf(folder)).Select(Path.GetFileName).Where(child => !NotSource.Contains(child!)))
        {
            foreach (var file in Files(Path.Combine(folder, child!), pattern))
            {
                yield return file;
            }
        }
    }

    public static string Read(string file) => File.ReadAllText(PathOf(file));
}
