using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StratAI.Storage.Tests.Testing;

/// <summary>Stands before the S3 server and spoils requests, one by one as the test says. Every request has a connection of its own.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Uri _server;
    private readonly int _port;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _serving = new();
    private TcpListener _listener;
    private int _requests;
    private int _dripped;

    public FaultProxy(string server)
    {
        _server = new(server);
        _listener = new(IPAddress.Loopback, 0);
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync(_listener);
    }

    /// <summary>Done to the next requests, one each. Then they pass.</summary>
    public ConcurrentQueue<Fault> Faults { get; } = new();

    /// <summary>Done to all requests while it is set.</summary>
    public Fault? Always { get; set; }

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Bytes of answers that drip.</summary>
    public int Dripped => Volatile.Read(ref _dripped);

    public void Configure(S3Options s3) => s3.Endpoint = $"http://127.0.0.1:{_port}";

    /// <summary>Nobody listens any longer.</summary>
    public void Stop() => _listener.Dispose();

    public void Start()
    {
        _listener = new(IPAddress.Loopback, _port);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await _stopping.CancelAsync();
        await Task.WhenAll(_serving.Keys);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var serving = ServeAsync(await listener.AcceptTcpClientAsync(_stopping.Token));
                _serving[serving] = true;
                _ = serving.ContinueWith(done => _serving.TryRemove(done, out bool _), TaskScheduler.Default);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var disposal = client;
        try
        {
            var (head, rest) = await ReadHeadAsync(client.GetStream());
            if (head.Length == 0)
            {
                return;
            }

            Interlocked.Increment(ref _requests);
            var fault = Faults.TryDequeue(out var next) ? next : Always;
            await (fault switch
            {
                Fault.ResetInRequestHead => Task.CompletedTask,
                Fault.StopReading => Task.Delay(Timeout.Infinite, _stopping.Token),
                Fault.Answer { Early: true } answer => SendAsync(client, answer.Text),
                Fault.Answer answer => AnswerAsync(client, head, rest, answer.Text),
                Fault.Drip => DripAsync(client, head, rest),
                Fault.ResetInRequestBody cut => PassAsync(client, head, rest[..Math.Min(rest.Length, cut.Bytes)], cut.Bytes, 0, 0),
                Fault.ResetInAnswerHead cut => PassAsync(client, head, rest, long.MaxValue, cut.Bytes, 0),
                Fault.ResetInAnswerBody cut => PassAsync(client, head, rest, long.MaxValue, int.MaxValue, cut.Bytes),
                _ => PassAsync(client, head, rest, long.MaxValue, int.MaxValue, long.MaxValue),
            });
            if (fault is not (null or Fault.None or Fault.Answer))
            {
                client.LingerState = new(true, 0);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    /// <summary>Passes a request on and its answer back, each up to a number of bytes.</summary>
    private async Task PassAsync(TcpClient client, string head, byte[] rest, long requestBytes, int headBytes, long bodyBytes)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(_server.Host, _server.Port, _stopping.Token);
        await SendAsync(server, head.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal));
        // The server may answer before it has the body, and then not want it.
        var sending = SendBodyAsync(client, server, rest, Math.Min(LengthOf(head), requestBytes));
        if (requestBytes < long.MaxValue)
        {
            await sending;
            return;
        }

        var (answer, begun) = await ReadHeadAsync(server.GetStream());
        await SendAsync(client, answer[..Math.Min(answer.Length, headBytes)]);
        await client.GetStream().WriteAsync(begun.AsMemory(0, (int)Math.Min(begun.Length, bodyBytes)), _stopping.Token);
        await CopyAsync(server, client, bodyBytes - begun.Length);
        if (bodyBytes == long.MaxValue)
        {
            client.Client.Shutdown(SocketShutdown.Send);
            await Task.WhenAny(sending);
            // A server that refuses a body closes; the client must be able to read why, so nothing of what it sends may be left unread.
            await CopyAsync(client, null, long.MaxValue);
        }
    }

    private async Task SendBodyAsync(TcpClient client, TcpClient server, byte[] begun, long length)
    {
        await server.GetStream().WriteAsync(begun, _stopping.Token);
        await CopyAsync(client, server, length - begun.Length);
    }

    private async Task AnswerAsync(TcpClient client, string head, byte[] rest, string text)
    {
        await CopyAsync(client, null, LengthOf(head) - rest.Length);
        await SendAsync(client, text);
        client.Client.Shutdown(SocketShutdown.Send);
        // Closed before the client has read, the connection would be reset.
        await CopyAsync(client, null, long.MaxValue);
    }

    private async Task DripAsync(TcpClient client, string head, byte[] rest)
    {
        await CopyAsync(client, null, LengthOf(head) - rest.Length);
        await SendAsync(client, "HTTP/1.1 200 OK\r\nX-Drip: ");
        while (true)
        {
            await SendAsync(client, "x");
            Interlocked.Increment(ref _dripped);
            // Not a synchronisation: this slowness is the fault.
            await Task.Delay(20, _stopping.Token);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient? to, long bytes)
    {
        var buffer = new byte[16 * 1024];
        while (bytes > 0 && await from.GetStream().ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), _stopping.Token) is > 0 and var count)
        {
            bytes -= count;
            if (to is not null)
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stopping.Token);
            }
        }
    }

    private async Task SendAsync(TcpClient to, string text) => await to.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), _stopping.Token);

    /// <summary>Reads a head to its end, and what came with it.</summary>
    private async Task<(string Head, byte[] Begun)> ReadHeadAsync(NetworkStream stream)
    {
        var received = new MemoryStream();
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, _stopping.Token) is > 0 and var count)
        {
            received.Write(buffer, 0, count);
            var end = received.GetBuffer().AsSpan(0, (int)received.Length).IndexOf("\r\n\r\n"u8) + 4;
            if (end > 3)
            {
                return (Encoding.Latin1.GetString(received.GetBuffer(), 0, end), received.ToArray()[end..]);
            }
        }

        return ("", []);
    }

    private static long LengthOf(string head) =>
        head.Split("\r\nContent-Length: ", StringSplitOptions.None) is [_, var rest, ..] ? long.Parse(rest.Split("\r\n")[0], null) : 0;
}
