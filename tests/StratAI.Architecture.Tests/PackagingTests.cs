using System.IO.Compression;
using System.Xml.Linq;

namespace StratAI.Architecture.Tests;

public sealed class PackagingTests(PackedPackages packed) : IClassFixture<PackedPackages>
{
    [Fact]
    public void Pack_makes_the_packages_and_their_symbols_and_nothing_else()
    {
        var expected = Repository.Packages.SelectMany(package => new[] { $"{package}.{packed.Version}.nupkg", $"{package}.{packed.Version}.snupkg" });

        Assert.Equal(expected.Order(), Directory.GetFiles(packed.Feed).Select(Path.GetFileName).Order());
    }

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void A_package_says_what_it_is(string package)
    {
        using var archive = Open(package, "nupkg");
        var metadata = Nuspec(archive, package);

        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.NotEqual("Package Description", Value(metadata, "description"));
        Assert.Equal(Repository.Read($"src/{package}/README.md"), Text(archive, "README.md"));
    }

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void A_package_depends_on_the_web_framework_and_on_no_other_package_of_ours_but_a_satellite_on_its_parent(string package)
    {
        using var archive = Open(package, "nupkg");
        var metadata = Nuspec(archive, package);

        Assert.Contains("Microsoft.AspNetCore.App", Attributes(metadata, "frameworkReference", "name"));
        Assert.Equal(
            Repository.ParentOf(package) is { } parent ? [parent] : [],
            Attributes(metadata, "dependency", "id").Where(id => id.StartsWith("StratAI", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void A_package_holds_its_assembly_its_documentation_and_apart_its_symbols(string package)
    {
        using var archive = Open(package, "nupkg");
        using var symbols = Open(package, "snupkg");

        Assert.Equal([$"lib/net10.0/{package}.dll", $"lib/net10.0/{package}.xml"], Library(archive));
        Assert.Equal([$"lib/net10.0/{package}.pdb"], Library(symbols));

        var documented = XDocument.Parse(Text(archive, $"lib/net10.0/{package}.xml")).Descendants("member").Select(member => (string?)member.Attribute("name"));
        var types = Repository.Assembly(package).GetExportedTypes().Select(type => $"T:{type.FullName!.Replace('+', '.')}");
        Assert.Empty(types.Except(documented));
    }

    [Fact]
    public async Task A_fresh_console_project_uses_all_packages()
    {
        var folder = Directory.CreateDirectory(Path.Combine(packed.Folder, "consumer")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), NuGetConfiguration());
        await File.WriteAllTextAsync(Path.Combine(folder, "Consumer.csproj"), ConsumerProject());
        await using (var program = File.Create(Path.Combine(folder, "Program.cs")))
        await using (var source = typeof(PackagingTests).Assembly.GetManifestResourceStream("Consumer/Program.cs")!)
        {
            await source.CopyToAsync(program);
        }

        var output = await DotNet.RunAsync(
            folder,
            new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(packed.Folder, "cache") },
            "run", "--project", "Consumer.csproj", "--", Path.Combine(folder, "objects"));

        Assert.Equal(
            """
            cache: hello, made once
            limiter: first admitted, second refused
            page: 1, 2 of 3, more
            storage: 5 bytes, hello
            imaging: webp, not-an-image

            """.ReplaceLineEndings(),
            output);
    }

    // It adds the feed to the machine's own sources, and takes from the machine's cache what is there.
    private string NuGetConfiguration() =>
        $"""
        <configuration>
          <packageSources>
            <add key="packed" value="{packed.Feed}" />
          </packageSources>
          <fallbackPackageFolders>
            <add key="restored" value="{PackedPackages.PackageCache}" />
          </fallbackPackageFolders>
          <config>
            <add key="signatureValidationMode" value="accept" />
          </config>
        </configuration>
        """;

    // A plain console project: what it needs of the web framework comes with the packages. A warning of theirs would fail it.
    private string ConsumerProject() =>
        new XElement(
            "Project",
            new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement(
                "PropertyGroup",
                new XElement("OutputType", "Exe"),
                new XElement("TargetFramework", "net10.0"),
                new XElement("Nullable", "enable"),
                new XElement("ImplicitUsings", "enable"),
                new XElement("NuGetAudit", "false"),
                new XElement("TreatWarningsAsErrors", "true")),
            new XElement(
                "ItemGroup",
                Repository.Packages.Select(package =>
                    new XElement("PackageReference", new XAttribute("Include", package), new XAttribute("Version", $"[{packed.Version}]"))))).ToString();

    private ZipArchive Open(string package, string extension) => ZipFile.OpenRead(Path.Combine(packed.Feed, $"{package}.{packed.Version}.{extension}"));

    private static XElement Nuspec(ZipArchive archive, string package) => XElement.Parse(Text(archive, $"{package}.nuspec"));

    private static string Text(ZipArchive archive, string entry)
    {
        using var reader = new StreamReader(archive.GetEntry(entry)?.Open() ?? throw new FileNotFoundException(entry));
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Library(ZipArchive archive) =>
        archive.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static string? Value(XElement nuspec, string name) => nuspec.Descendants().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

    private static IEnumerable<string> Attributes(XElement nuspec, string element, string attribute) =>
        nuspec.Descendants().Where(child => child.Name.LocalName == element).Select(child => (string)child.Attribute(attribute)!);
}
