using System.Diagnostics;
using System.Globalization;

namespace StratAI.Benchmarks.Caching;

/// <summary>The other process, this same program as <see cref="VisibilityNode"/>, spoken to by lines. It ends with its input.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private NodeProcess(Process process) => _process = process;

    public static async Task<NodeProcess> StartAsync(string cache, string space)
    {
        var node = new NodeProcess(Process.Start(new ProcessStartInfo("dotnet", [typeof(NodeProcess).Assembly.Location, "caching-node", cache, space])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
        await node.ExpectAsync("ready");
        return node;
    }

    public async Task WatchAsync(string kind, string key, string value)
    {
        await _process.StandardInput.WriteLineAsync($"{kind} {key} {value}");
        await _process.StandardInput.FlushAsync();
        await ExpectAsync("watching");
    }

    /// <summary>The timestamp at which it saw the change.</summary>
    public async Task<long> SeenAsync() => long.Parse(await ReadAsync(), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task ExpectAsync(string expected)
    {
        var line = await ReadAsync();
        if (line != expected)
        {
            throw new InvalidOperationException($"The other process said '{line}', not '{expected}'.");
        }
    }

    private async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException("The other process has ended.");
}
