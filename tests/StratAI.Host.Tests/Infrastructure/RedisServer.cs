using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A Redis of a test's own, to be killed, or to be watched: it keeps all commands it got.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly int _port;

    public RedisServer()
    {
        using (var socket = new TcpListener(IPAddress.Loopback, 0))
        {
            socket.Start();
            _port = ((IPEndPoint)socket.LocalEndpoint).Port;
        }

        string[] arguments =
        [
            "--bind", "127.0.0.1", "--port", $"{_port}", "--save", "", "--appendonly", "no", "--slowlog-log-slower-than", "0", "--slowlog-max-len", "10000",
        ];
        _process = Process.Start(new ProcessStartInfo("redis-server", arguments) { WorkingDirectory = Path.GetTempPath(), RedirectStandardOutput = true })!;
        _process.BeginOutputReadLine();
    }

    public string Configuration => $"127.0.0.1:{_port},connectTimeout=500,allowAdmin=true";

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>The script calls that an action brings about, each with its arguments, those of keys first.</summary>
    public async Task<IReadOnlyList<string[]>> ScriptsDuringAsync(Func<Task> action)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Configuration);
        var server = redis.GetServers()[0];
        await server.SlowlogResetAsync();
        await action();
        var calls = await server.SlowlogGetAsync(10_000);
        return [.. calls.Select(call => Array.ConvertAll(call.Arguments, argument => argument.ToString())).Where(call => call[0].StartsWith("EVAL", StringComparison.OrdinalIgnoreCase))];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
