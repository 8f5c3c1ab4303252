using System.Net;
using System.Net.Sockets;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

/// <summary>A way to the real Redis that a test can stall: bytes then wait, as on a network that drops them, until it flows again.</summary>
internal sealed class RedisRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _flowing = Flowing();

    public RedisRelay()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Configuration => $"{_listener.LocalEndpoint},connectTimeout=10000,asyncTimeout=30000";

    public void Stall() => _flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Flow() => _flowing.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Flow();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var flowing = new TaskCompletionSource();
        flowing.SetResult();
        return flowing;
    }

    private async Task AcceptAsync()
    {
        var upstream = TestServers.Redis.Split(',')[0].Split(':');
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var server = new TcpClient();
                await server.ConnectAsync(upstream[0], int.Parse(upstream[1], null), _stop.Token);
                connections.Add(CopyAsync(client, server));
                connections.Add(CopyAsync(server, client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                await _flowing.Task;
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // Either side went away: the other must see it.
        }

        from.Dispose();
        to.Dispose();
    }
}
