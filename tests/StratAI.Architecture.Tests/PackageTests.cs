namespace StratAI.Architecture.Tests;

public sealed class PackageTests
{
    [Fact]
    public void There_are_the_four_packages() =>
        Assert.Superset(
            new HashSet<string> { "StratAI.Caching", "StratAI.Pagination", "StratAI.RateLimiting", "StratAI.Storage" },
            Repository.Packages.ToHashSet());

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void A_package_names_no_other_package_in_its_project_but_a_satellite_its_parent(string package)
    {
        var references = Repository.Project(package).Descendants()
            .Where(element => element.Name.LocalName is "ProjectReference" or "PackageReference" or "Reference")
            .Select(element => (string?)element.Attribute("Include") ?? "")
            .Where(include => include.Contains("StratAI", StringComparison.OrdinalIgnoreCase));

        Assert.Equal(Repository.ParentOf(package) is { } parent ? [$"../{parent}/{parent}.csproj"] : [], references);
    }

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void A_package_links_no_source_of_another_package(string package)
    {
        var linked = Repository.Project(package).Descendants("Compile")
            .Select(element => (string?)element.Attribute("Include") ?? "")
            .Where(include => include.Contains("..", StringComparison.Ordinal) && !include.StartsWith("../Shared/", StringComparison.Ordinal));

        Assert.Empty(linked);
    }

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void A_package_needs_no_other_package_at_run_time_but_a_satellite_its_parent(string package)
    {
        var references = Repository.Assembly(package).GetReferencedAssemblies().Select(name => name.Name!);

        Assert.DoesNotContain(references, name => name.StartsWith("StratAI", StringComparison.Ordinal) && name != Repository.ParentOf(package));
    }

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void A_package_has_a_readme_and_a_test_project_of_its_own(string package)
    {
        Assert.StartsWith($"# {package}\n", Repository.Read($"src/{package}/README.md"), StringComparison.Ordinal);
        Assert.True(File.Exists(Repository.PathOf("tests", $"{package}.Tests", $"{package}.Tests.csproj")));
    }

    [Fact]
    public void A_satellite_completes_one_package_and_no_satellite()
    {
        var parents = Repository.Packages.Select(Repository.ParentOf).OfType<string>().ToList();

        Assert.NotEmpty(parents);
        Assert.All(parents, parent => Assert.Null(Repository.ParentOf(parent)));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        // A project that is not in it is neither built nor tested by ./test.
        var solution = Repository.Read("StratAI.sln").Replace('\\', '/');

        Assert.All(Repository.Files("", "*.csproj"), project => Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal));
    }
}
