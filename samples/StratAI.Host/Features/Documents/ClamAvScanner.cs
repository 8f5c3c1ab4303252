using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using StratAI.Host.Hosting;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents;

/// <summary>
/// Asks a ClamAV daemon, whose command INSTREAM takes a file in chunks, each after its length, and ends at one of length 0. What it does not answer with
/// OK or FOUND, such as a file over its StreamMaxLength, is a scan that failed.
/// </summary>
internal sealed class ClamAvScanner(string host, int port) : IUploadScanner
{
    private const int ChunkBytes = 64 * 1024;
    private const int MaximumAnswerBytes = 4096;
    private static readonly byte[] End = [0, 0, 0, 0];

    /// <summary>The scanner of an address, host and port.</summary>
    /// <exception cref="StartupException">It is none.</exception>
    public static ClamAvScanner At(string address) =>
        Uri.TryCreate($"tcp://{address}", UriKind.Absolute, out var uri) && uri is { Port: > 0, PathAndQuery: "" or "/", UserInfo: "" }
            ? new(uri.IdnHost, uri.Port)
            : throw new StartupException($"Uploads:ClamAv:Address is '{address}': give host and port, such as 'localhost:3310'.");

    public async ValueTask<ScanVerdict> ScanAsync(ScanInput input, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, cancellationToken);
        var answer = await AskAsync(client.GetStream(), input, cancellationToken);
        return answer switch
        {
            "stream: OK" => ScanVerdict.Clean,
            _ when answer.StartsWith("stream: ", StringComparison.Ordinal) && answer.EndsWith(" FOUND", StringComparison.Ordinal) =>
                ScanVerdict.Rejected("malware", $"The file holds malware: {answer["stream: ".Length..^" FOUND".Length]}."),
            _ => throw new InvalidDataException($"ClamAV answered '{answer}'."),
        };
    }

    private static async Task<string> AskAsync(NetworkStream daemon, ScanInput input, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(daemon, input, cancellationToken);
        }
        catch (IOException)
        {
            // It closes the connection on a file that it finds too large, having said so.
        }

        var answer = new byte[MaximumAnswerBytes];
        var length = await daemon.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(answer, 0, length).TrimEnd('\0');
    }

    private static async Task SendAsync(NetworkStream daemon, ScanInput input, CancellationToken cancellationToken)
    {
        await daemon.WriteAsync("zINSTREAM\0"u8.ToArray(), cancellationToken);
        await using var content = input.OpenRead();
        var chunk = new byte[sizeof(int) + ChunkBytes];
        int count;
        while ((count = await content.ReadAsync(chunk.AsMemory(sizeof(int)), cancellationToken)) > 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(chunk, count);
            await daemon.WriteAsync(chunk.AsMemory(0, sizeof(int) + count), cancellationToken);
        }

        await daemon.WriteAsync(End, cancellationToken);
    }
}
