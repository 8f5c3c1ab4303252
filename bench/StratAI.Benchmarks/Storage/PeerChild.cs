using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StratAI.Benchmarks.Storage;

/// <summary><see cref="PeerApp"/> as a process of its own.</summary>
internal sealed class PeerChild : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private PeerChild(string bucket)
    {
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        _process = Process.Start(new ProcessStartInfo("dotnet", [typeof(PeerChild).Assembly.Location, "storage-peer", Address.ToString(), bucket]))!;
    }

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    public static async Task<PeerChild> StartAsync(string bucket)
    {
        var peer = new PeerChild(bucket);
        using var http = new HttpClient { BaseAddress = peer.Address };
        for (var started = Stopwatch.GetTimestamp(); !await AnswersAsync(http); await Task.Delay(50))
        {
            if (peer._process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
            {
                await peer.DisposeAsync();
                throw new InvalidOperationException("The peer has not started.");
            }
        }

        return peer;
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
