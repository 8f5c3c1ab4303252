using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using StratAI.Testing;

namespace StratAI.Benchmarks.Chat;

/// <summary>The reference host as a process of its own, on the given database and on Redis, with its objects in a folder unless the settings say otherwise.</summary>
internal sealed class HostChild : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stratai-bench-");
    private readonly Process _process;

    private HostChild(string database, string redisPrefix, IReadOnlyDictionary<string, string> settings)
    {
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "StratAI.Host.dll")])
        {
            WorkingDirectory = Path.Combine(TestServers.RepositoryRoot, "samples", "StratAI.Host"),
        };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = Address.ToString(),
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Logging__LogLevel__Default"] = "Warning",
            ["ConnectionStrings__Postgres"] = database,
            ["ConnectionStrings__Redis"] = TestServers.Redis,
            ["Redis__KeyPrefix"] = redisPrefix,
            ["Data__Folder"] = _folder.FullName,
            ["MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Limits__Policies__user__PermitLimit"] = "1000000",
            ["Limits__Policies__ip__PermitLimit"] = "1000000",
            ["Limits__Policies__chat__PermitLimit"] = "1000000",
            ["Limits__Policies__chat-concurrency__PermitLimit"] = "1000000",
            ["Limits__Policies__tokens__PermitLimit"] = "1000000000000",
        }.Concat(settings))
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    public static async Task<HostChild> StartAsync(string database, string redisPrefix, IReadOnlyDictionary<string, string>? settings = null)
    {
        var host = new HostChild(database, redisPrefix, settings ?? new Dictionary<string, string>());
        using var http = new HttpClient { BaseAddress = host.Address };
        for (var started = Stopwatch.GetTimestamp(); !await host.AnswersAsync(http); await Task.Delay(50))
        {
            if (host._process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
            {
                await host.DisposeAsync();
                throw new InvalidOperationException("The host has not started.");
            }
        }

        return host;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync("/health/live");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
