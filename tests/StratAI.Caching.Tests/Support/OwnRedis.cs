using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace StratAI.Caching.Tests.Support;

/// <summary>A server of one test's own, to be filled, flushed or ended.</summary>
public sealed class OwnRedis : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private OwnRedis(Process process, string directory, string endpoint, ConnectionMultiplexer multiplexer) =>
        (_process, _directory, Endpoint, Multiplexer) = (process, directory, endpoint, multiplexer);

    /// <summary>Host and port.</summary>
    public string Endpoint { get; }

    public ConnectionMultiplexer Multiplexer { get; }

    public IServer Server => Multiplexer.GetServers()[0];

    public static async Task<OwnRedis> StartAsync(params string[] arguments)
    {
        var port = FreePort();
        var directory = Directory.CreateTempSubdirectory("stratai-redis-").FullName;
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--bind", "127.0.0.1", "--port", $"{port}", "--dir", directory, "--save", "", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        await Eventually.TrueAsync(() => Listens(port), "the server has started");
        var options = new ConfigurationOptions { EndPoints = { { IPAddress.Loopback, port } }, AllowAdmin = true };
        return new(process, directory, $"127.0.0.1:{port}", await ConnectionMultiplexer.ConnectAsync(options));
    }

    public async ValueTask DisposeAsync()
    {
        await Multiplexer.DisposeAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
