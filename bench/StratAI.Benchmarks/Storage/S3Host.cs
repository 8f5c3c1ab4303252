using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using StratAI.Testing;

namespace StratAI.Benchmarks.Storage;

/// <summary>The reference host as a process of its own on the given database and on S3, and its commands on the same.</summary>
internal sealed class S3Host : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stratai-bench-");
    private readonly Dictionary<string, string> _settings;
    private readonly Process _process;

    private S3Host(string database)
    {
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        _settings = new()
        {
            ["ASPNETCORE_URLS"] = Address.ToString(),
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Logging__LogLevel__Default"] = "Error",
            ["ConnectionStrings__Postgres"] = database,
            ["Storage__S3__Endpoint"] = TestServers.S3Endpoint,
            ["Storage__S3__AccessKey"] = TestServers.S3AccessKey,
            ["Storage__S3__SecretKey"] = TestServers.S3SecretKey,
            ["Storage__S3__Bucket"] = $"bench-{Guid.NewGuid():n}",
            ["Storage__S3__CreateBucket"] = "true",
            ["Data__Folder"] = _folder.FullName,
            ["MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Limits__Policies__user__PermitLimit"] = "1000000",
            ["Limits__Policies__ip__PermitLimit"] = "1000000",
        };
        _process = Start([]);
    }

    public Uri Address { get; }

    public static async Task<S3Host> StartAsync(string database)
    {
        var host = new S3Host(database);
        using var http = new HttpClient { BaseAddress = host.Address };
        for (var started = Stopwatch.GetTimestamp(); !await AnswersAsync(http); await Task.Delay(50))
        {
            if (host._process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
            {
                await host.DisposeAsync();
                throw new InvalidOperationException("The host has not started.");
            }
        }

        return host;
    }

    /// <summary>Runs a command of the host beside it; returns what it wrote.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        using var command = Start(arguments, redirect: true);
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        return command.ExitCode is 0 or 2 ? output : throw new InvalidOperationException($"{arguments[0]} ended with {command.ExitCode}: {output}");
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

    private Process Start(string[] arguments, bool redirect = false)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "StratAI.Host.dll"), .. arguments])
        {
            WorkingDirectory = Path.Combine(TestServers.RepositoryRoot, "samples", "StratAI.Host"),
            RedirectStandardOutput = redirect,
        };
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
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
