using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using StratAI.Testing;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>The host as a process of its own, as a user starts it; ended, if need be by force, when it is disposed.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task<string> _output;

    public HostProcess(params (string Name, string Value)[] settings)
    {
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "StratAI.Host.dll")])
        {
            WorkingDirectory = Path.Combine(TestServers.RepositoryRoot, "samples", "StratAI.Host"),
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["ASPNETCORE_URLS"] = Address.ToString();
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    public void Kill() => _process.Kill();

    /// <summary>It no longer runs, and its connections stay open (SIGSTOP).</summary>
    public void Pause() => Signal(19);

    public void Continue() => Signal(18);

    /// <summary>Asks it to end, as a scheduler does (SIGTERM).</summary>
    public void Terminate() => Signal(15);

    /// <summary>Waits for the process's own end, and returns its exit code and what it wrote to standard error.</summary>
    public async Task<(int ExitCode, string Errors)> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _output;
        return (_process.ExitCode, await _errors);
    }

    /// <summary>Asks the process to end, as a service manager does, and returns its exit code and what it wrote to standard output.</summary>
    public async Task<(int ExitCode, string Output)> TerminateAsync()
    {
        Terminate();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, await _output);
    }

    public async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Yield())
        {
            Assert.False(_process.HasExited, $"The host has ended: {(_process.HasExited ? await _errors : "")}");
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "The host is not ready in time.");
            try
            {
                using var response = await http.GetAsync("/health/ready");
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }
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

    private void Signal(int signal) => Assert.Equal(0, kill(_process.Id, signal));

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);

    public static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
