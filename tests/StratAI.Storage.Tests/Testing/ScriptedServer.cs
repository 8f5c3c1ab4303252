using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StratAI.Storage.Tests.Testing;

/// <summary>A server whose every byte the test says: for faults that a real one cannot be made to have.</summary>
public sealed class ScriptedServer : IDisposable
{
    /// <summary>Of what never comes, not of how fast it comes.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ScriptedServer() => _listener.Start();

    public void Configure(S3Options s3)
    {
        s3.Endpoint = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        s3.Bucket = "scripted";
        s3.CreateBucket = false;
        s3.Retries = 0;
    }

    public async Task<Connection> AcceptAsync() => new(await _listener.AcceptTcpClientAsync().WaitAsync(Deadline));

    public void Dispose() => _listener.Dispose();

    public sealed class Connection(TcpClient client) : IDisposable
    {
        /// <summary>Reads the head of a request and as much of its body as its length says.</summary>
        public async Task<string> ReadRequestAsync()
        {
            var request = "";
            var buffer = new byte[4096];
            while (!IsWhole(request))
            {
                var count = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Deadline);
                Assert.NotEqual(0, count);
                request += Encoding.ASCII.GetString(buffer, 0, count);
            }

            return request;
        }

        /// <summary>Reads until the client closes the connection; returns how many bytes came after the head.</summary>
        public async Task<int> CountBodyAsync()
        {
            var received = new MemoryStream();
            try
            {
                await client.GetStream().CopyToAsync(received);
            }
            catch (IOException)
            {
                // A reset is an end as well.
            }

            return (int)received.Length - Encoding.ASCII.GetString(received.ToArray()).IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4;
        }

        public async Task SendAsync(string text) => await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

        public void Dispose() => client.Dispose();

        private static bool IsWhole(string request)
        {
            var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var length = request.Split("\r\nContent-Length: ") is [_, var rest, ..] ? int.Parse(rest.Split("\r\n")[0], null) : 0;
            return end >= 0 && request.Length >= end + 4 + length;
        }
    }
}
