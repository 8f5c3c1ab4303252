using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>A Redis server that holds nothing but the keys of one run, so that its memory can be read.</summary>
internal sealed class OwnRedis : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Process _process;

    private OwnRedis(Process process, ConnectionMultiplexer connection) => (_process, Connection) = (process, connection);

    public ConnectionMultiplexer Connection { get; }

    public static async Task<OwnRedis> StartAsync()
    {
        var port = FreePort();
        var process = Process.Start("redis-server", ["--bind", "127.0.0.1", "--port", $"{port}", "--save", "", "--logfile", "/dev/null"]);
        var options = ConfigurationOptions.Parse($"127.0.0.1:{port},allowAdmin=true,abortConnect=false,connectRetry=50");
        var connection = await ConnectionMultiplexer.ConnectAsync(options);
        var server = new OwnRedis(process, connection);
        for (var started = Stopwatch.GetTimestamp(); !connection.IsConnected; await Task.Delay(20))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException("redis-server has not started.");
            }
        }

        return server;
    }

    public async Task<long> UsedMemoryAsync()
    {
        var memory = (await Connection.GetServers()[0].InfoAsync("memory")).Single();
        return long.Parse(memory.Single(line => line.Key == "used_memory").Value, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
