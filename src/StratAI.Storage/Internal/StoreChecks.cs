using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StratAI.Storage.Internal;

/// <summary>What can only be judged with all stores in sight: file stores in each other's way, and mirrors that do not exist.</summary>
internal sealed class StoreChecks(
    IEnumerable<StoreRegistration> registrations, IOptionsMonitor<StorageOptions> options, IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var files = registrations
            .Select(registration => (Registration: registration, options.Get(registration.Name).FileSystem, options.Get(registration.Name).S3))
            .Where(store => !store.S3.IsConfigured)
            .Select(store => (store.Registration, store.FileSystem))
            .ToList();
        for (var i = 0; i < files.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                CheckApart(files[j], files[i]);
            }
        }

        // A container that cannot tell what it has lets the first use find out.
        var known = services.GetService<IServiceProviderIsKeyedService>();
        return registrations.FirstOrDefault(store => store.MirrorKey is { } key && known?.IsKeyedService(typeof(IObjectStore), key) == false) is { } lost
            ? throw StoreServices.MirrorMissing(lost)
            : Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void CheckApart(
        (StoreRegistration Registration, FileSystemOptions FileSystem) first, (StoreRegistration Registration, FileSystemOptions FileSystem) second)
    {
        var (one, other) = (Path.GetFullPath(first.FileSystem.Root), Path.GetFullPath(second.FileSystem.Root));
        if (Path.TrimEndingDirectorySeparator(one) == Path.TrimEndingDirectorySeparator(other))
        {
            throw Clash("Root", first.FileSystem.Root, second.FileSystem.Root, "give each a folder of its own");
        }

        // Below each other would not do either: the URL of one could be that of the other.
        var (path, otherPath) = (first.FileSystem.PublicPath + "/", second.FileSystem.PublicPath + "/");
        if (path.StartsWith(otherPath, StringComparison.OrdinalIgnoreCase) || otherPath.StartsWith(path, StringComparison.OrdinalIgnoreCase))
        {
            throw Clash("PublicPath", first.FileSystem.PublicPath, second.FileSystem.PublicPath, "give each a path that is not the other's and not below it");
        }

        OptionsValidationException Clash(string property, string value, string otherValue, string remedy) => new(
            second.Registration.Name,
            typeof(StorageOptions),
            [$"StorageOptions.FileSystem.{property} is '{value}' for {first.Registration.Title} and '{otherValue}' for {second.Registration.Title}: {remedy}."]);
    }
}
