using System.Net.Sockets;
using System.Text;
using StratAI.Host.Tests.Infrastructure;

namespace StratAI.Host.Tests.Contract;

/// <summary>What the server refuses before there is a request: no body, and the connection is closed. Everything later has a problem document.</summary>
public abstract class ServerErrorTests(HostFixture host)
{
    [Theory]
    [InlineData("400", "@@\r\n\r\n")]
    [InlineData("400", "GET /api/me HTTP/1.1\r\n\r\n")]
    [InlineData("400", "GET /api/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("400", "GET /api/a%00b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("400", "POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n")]
    [InlineData("400", "POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("414", "GET /api/me?@long@ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("431", "GET /api/me HTTP/1.1\r\nHost: a\r\nX-Long: @very long@\r\n\r\n")]
    [InlineData("431", "GET /api/me HTTP/1.1\r\nHost: a\r\n@many@\r\n")]
    [InlineData("505", "GET /api/me HTTP/9.9\r\nHost: a\r\n\r\n")]
    public async Task What_is_no_request_is_answered_by_a_bare_status(string status, string request)
    {
        var answer = await SendAsync(request
            .Replace("@long@", new string('x', 9_000), StringComparison.Ordinal)
            .Replace("@very long@", new string('x', 40_000), StringComparison.Ordinal)
            .Replace("@many@", string.Concat(Enumerable.Range(0, 120).Select(i => $"X-{i}: y\r\n")), StringComparison.Ordinal));

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 0\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Host.Address.Host, host.Host.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            while (await client.GetStream().ReadAsync(buffer, patience.Token) is > 0 and var count)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // Closed with some of the request unread.
        }

        return answer.ToString();
    }

    [Collection(EmbeddedShape.Name)]
    public sealed class Embedded(EmbeddedHost host) : ServerErrorTests(host);
}
