using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace StratAI.Caching.Tests.Coherence;

/// <summary>A Redis that belongs to one test, to be restarted and emptied.</summary>
internal sealed class OwnRedis : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stratai-redis-");
    private readonly int _port = FreePort();
    private Process? _process;

    /// <summary>A configuration that comes back soon after a restart, and whose own timeouts end no call.</summary>
    public ConfigurationOptions Configuration(int database) => new()
    {
        EndPoints = { { IPAddress.Loopback, _port } },
        DefaultDatabase = database,
        AllowAdmin = true,
        AbortOnConnectFail = false,
        AsyncTimeout = 60_000,
        ConnectTimeout = 1000,
        HeartbeatInterval = TimeSpan.FromMilliseconds(50),
        ReconnectRetryPolicy = new LinearRetry(50),
    };

    public async Task StartAsync()
    {
        string[] arguments = ["--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", ""];
        _process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        await Support.Eventually.TrueAsync(() => Ask("PING") == "+PONG", "Redis answers");
    }

    public void Save() => Ask("SAVE");

    /// <summary>Ends the process, and starts another with its data, or with what was saved last.</summary>
    public async Task RestartAsync(bool keepData)
    {
        await StopAsync(keepData);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(keepData: false);
        _folder.Delete(recursive: true);
    }

    private async Task StopAsync(bool keepData)
    {
        if (_process is null)
        {
            return;
        }

        Ask($"SHUTDOWN {(keepData ? "SAVE" : "NOSAVE")}");
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(15));
        _process.Dispose();
        _process = null;
    }

    /// <summary>The first line that Redis answers; nothing where it is away or has gone.</summary>
    private string? Ask(string command)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, _port);
            client.GetStream().Write(Encoding.ASCII.GetBytes($"{command}\r\n"));
            using var reader = new StreamReader(client.GetStream());
            return reader.ReadLine();
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
