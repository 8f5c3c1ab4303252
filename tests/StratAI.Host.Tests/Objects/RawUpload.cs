using System.Globalization;
using System.Net.Sockets;
using System.Text;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Objects;

/// <summary>An upload written to the connection as the test says, for what no client library would send.</summary>
public sealed class RawUpload : IDisposable
{
    public const string FilePart = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n";

    private readonly TcpClient _client = new();

    /// <summary>Sends the head; <paramref name="framing"/> is the header that says how long the body is.</summary>
    public static async Task<RawUpload> BeginAsync(Uri address, ApiClient user, string framing)
    {
        var upload = new RawUpload();
        await upload._client.ConnectAsync(address.Host, address.Port);
        await upload.SendAsync($"POST /api/documents HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: {user.Http.DefaultRequestHeaders.Authorization}\r\n"
            + $"Content-Type: multipart/form-data; boundary=b\r\n{framing}\r\n\r\n");
        return upload;
    }

    public async Task SendAsync(string text) => await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    public Task SendChunkAsync(string text) => SendAsync($"{text.Length.ToString("x", CultureInfo.InvariantCulture)}\r\n{text}\r\n");

    /// <summary>Head and body of the answer, as far as they come before the connection ends or <paramref name="end"/> is seen.</summary>
    public async Task<string> ReadAnswerAsync(string end = "\"code\"")
    {
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!answer.ToString().Contains(end, StringComparison.Ordinal))
        {
            var count = await _client.GetStream().ReadAsync(buffer, patience.Token);
            if (count == 0)
            {
                break;
            }

            answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return answer.ToString();
    }

    public void Dispose() => _client.Dispose();
}
