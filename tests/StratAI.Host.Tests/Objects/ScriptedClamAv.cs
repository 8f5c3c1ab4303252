using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StratAI.Host.Tests.Objects;

/// <summary>The part of a ClamAV daemon that knows the command INSTREAM: it answers as the real one (1.4) was seen to do.</summary>
public sealed class ScriptedClamAv : IAsyncDisposable
{
    private const int StreamMaxLength = 1_000_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public ScriptedClamAv()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private static async Task AnswerAsync(NetworkStream stream)
    {
        var command = new byte["zINSTREAM\0".Length];
        await stream.ReadExactlyAsync(command);
        Assert.Equal("zINSTREAM\0", Encoding.ASCII.GetString(command));
        var file = new MemoryStream();
        var length = new byte[4];
        while (file.Length <= StreamMaxLength)
        {
            await stream.ReadExactlyAsync(length);
            var chunk = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            if (chunk.Length == 0)
            {
                break;
            }

            await stream.ReadExactlyAsync(chunk);
            file.Write(chunk);
        }

        var answer = file.Length > StreamMaxLength ? "INSTREAM size limit exceeded. ERROR"
            : Encoding.ASCII.GetString(file.ToArray()).Contains("EICAR-STANDARD-ANTIVIRUS-TEST-FILE", StringComparison.Ordinal) ? "stream: Eicar-Test-Signature FOUND"
            : "stream: OK";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\0"));
    }
}
