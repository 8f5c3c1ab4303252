using System.Globalization;
using System.Reflection;

namespace StratAI.Architecture.Tests;

/// <summary>The packages as 'dotnet pack' makes them of what this test run was built with, in a temporary folder, under a version of their own.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private static readonly Dictionary<string, string?> Build =
        typeof(PackedPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(metadata => metadata.Key, metadata => metadata.Value);

    public string Folder { get; } = Directory.CreateTempSubdirectory("stratai-packages-").FullName;

    /// <summary>Never used before, so that no cache holds a package of this version.</summary>
    public string Version { get; } = $"0.1.0-test.{TimeProvider.System.GetUtcNow().Ticks.ToString(CultureInfo.InvariantCulture)}";

    public string Feed => Path.Combine(Folder, "feed");

    /// <summary>The packages that the build restored: what is in there need not come over the network again.</summary>
    public static string PackageCache => Build["PackageCache"]!;

    public Task InitializeAsync() =>
        DotNet.RunAsync(
            Repository.Root,
            new Dictionary<string, string>(),
            "pack", "StratAI.sln", "--no-build", "--nologo", "--configuration", Build["Configuration"]!, "--output", Feed,
            $"-p:Version={Version}", $"-p:NuspecOutputPath={Folder}/nuspec/");

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }
}
