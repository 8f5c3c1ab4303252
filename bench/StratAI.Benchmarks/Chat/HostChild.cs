using System.Security.Cryptography;
using StratAI.Testing;

namespace StratAI.Benchmarks.Chat;

/// <summary>The reference host as a process of its own, on the given database and on Redis, with its objects in a folder unless the settings say otherwise.</summary>
internal sealed class HostChild : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly WebChild _child;

    private HostChild(DirectoryInfo folder, WebChild child) => (_folder, _child) = (folder, child);

    public Uri Address => _child.Address;

    public int ProcessId => _child.ProcessId;

    public static async Task<HostChild> StartAsync(string database, string redisPrefix, IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("stratai-bench-");
        return new(folder, await WebChild.StartAsync(address => WebChild.Host(new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = address.ToString(),
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Logging__LogLevel__Default"] = "Warning",
            ["ConnectionStrings__Postgres"] = database,
            ["ConnectionStrings__Redis"] = TestServers.Redis,
            ["Redis__KeyPrefix"] = redisPrefix,
            ["Data__Folder"] = folder.FullName,
            ["MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Limits__Policies__user__PermitLimit"] = "1000000",
            ["Limits__Policies__ip__PermitLimit"] = "1000000",
            ["Limits__Policies__chat__PermitLimit"] = "1000000",
            ["Limits__Policies__chat-concurrency__PermitLimit"] = "1000000",
            ["Limits__Policies__tokens__PermitLimit"] = "1000000000000",
        }.Concat(settings ?? new Dictionary<string, string>()))));
    }

    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
