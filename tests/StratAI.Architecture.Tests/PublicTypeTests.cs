namespace StratAI.Architecture.Tests;

public sealed class PublicTypeTests
{
    /// <summary>Public classes meant to be derived from, by full name; each has its reason in its own documentation.</summary>
    private static readonly string[] MeantForInheritance = [];

    /// <summary>Namespaces of their own for a second subject of a package.</summary>
    private static readonly string[] Subjects = ["StratAI.Caching.Locking", "StratAI.RateLimiting.LanguageModels", "StratAI.Storage.Migration"];

    /// <summary>Where the platform keeps extension methods of these kinds, so that users find them without a using of ours.</summary>
    internal static readonly string[] ExtensionNamespaces = ["Microsoft.Extensions.DependencyInjection", "Microsoft.AspNetCore.Builder", "Microsoft.Extensions.AI"];

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void Public_types_are_in_the_namespace_of_the_package(string package)
    {
        var misplaced = Repository.Assembly(package).GetExportedTypes()
            .Where(type => type.Namespace != package && !IsSubject(package, type.Namespace) && !(ExtensionNamespaces.Contains(type.Namespace) && IsStatic(type)));

        Assert.Empty(misplaced);
    }

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void Public_classes_are_sealed(string package)
    {
        var open = Repository.Assembly(package).GetExportedTypes()
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !MeantForInheritance.Contains(type.FullName));

        Assert.Empty(open);
    }

    [Theory]
    [MemberData(nameof(Repository.PackageNames), MemberType = typeof(Repository))]
    public void Linked_source_stays_internal(string package) =>
        Assert.All(
            Repository.Assembly(package).GetTypes().Where(type => type.Namespace?.StartsWith("StratAI.Shared", StringComparison.Ordinal) == true),
            type => Assert.False(type.IsVisible, type.FullName));

    private static bool IsSubject(string package, string? name) =>
        Subjects.Contains(name) && name!.StartsWith($"{package}.", StringComparison.Ordinal);

    private static bool IsStatic(Type type) => type is { IsAbstract: true, IsSealed: true };
}
