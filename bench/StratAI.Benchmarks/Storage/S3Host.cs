using System.Diagnostics;
using System.Security.Cryptography;
using StratAI.Testing;

namespace StratAI.Benchmarks.Storage;

/// <summary>The reference host as a process of its own on the given database and on S3, and its commands on the same.</summary>
internal sealed class S3Host : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly Dictionary<string, string> _settings;
    private readonly WebChild _child;

    private S3Host(DirectoryInfo folder, Dictionary<string, string> settings, WebChild child) => (_folder, _settings, _child) = (folder, settings, child);

    public Uri Address => _child.Address;

    public static async Task<S3Host> StartAsync(string database)
    {
        var folder = Directory.CreateTempSubdirectory("stratai-bench-");
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Logging__LogLevel__Default"] = "Error",
            ["ConnectionStrings__Postgres"] = database,
            ["Storage__S3__Endpoint"] = TestServers.S3Endpoint,
            ["Storage__S3__AccessKey"] = TestServers.S3AccessKey,
            ["Storage__S3__SecretKey"] = TestServers.S3SecretKey,
            ["Storage__S3__Bucket"] = $"bench-{Guid.NewGuid():n}",
            ["Storage__S3__CreateBucket"] = "true",
            ["Data__Folder"] = folder.FullName,
            ["MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Limits__Policies__user__PermitLimit"] = "1000000",
            ["Limits__Policies__ip__PermitLimit"] = "1000000",
        };
        return new(folder, settings, await WebChild.StartAsync(address => WebChild.Host(settings.Append(new("ASPNETCORE_URLS", address.ToString())))));
    }

    /// <summary>Runs a command of the host beside it; returns what it wrote.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var start = WebChild.Host(_settings, arguments);
        start.RedirectStandardOutput = true;
        using var command = Process.Start(start)!;
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        return command.ExitCode is 0 or 2 ? output : throw new InvalidOperationException($"{arguments[0]} ended with {command.ExitCode}: {output}");
    }

    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
