using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StratAI.Testing;

namespace StratAI.Benchmarks;

/// <summary>A web application as a process of its own, which serves when it is started and is ended when it is disposed.</summary>
internal sealed class WebChild : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private WebChild(Uri address, Process process) => (Address, _process) = (address, process);

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it on a free port and waits until it answers.</summary>
    public static async Task<WebChild> StartAsync(Func<Uri, ProcessStartInfo> describe)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var child = new WebChild(address, Process.Start(describe(address))!);
        using var http = new HttpClient { BaseAddress = address };
        // Not a synchronisation: its answer is what is waited for.
        for (var started = Stopwatch.GetTimestamp(); !await AnswersAsync(http); await Task.Delay(50))
        {
            if (child._process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
            {
                await child.DisposeAsync();
                throw new InvalidOperationException("The process has not started to serve.");
            }
        }

        return child;
    }

    /// <summary>The reference host, to serve or for a command.</summary>
    public static ProcessStartInfo Host(IEnumerable<KeyValuePair<string, string>> settings, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "StratAI.Host.dll"), .. arguments])
        {
            WorkingDirectory = Path.Combine(TestServers.RepositoryRoot, "samples", "StratAI.Host"),
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
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
