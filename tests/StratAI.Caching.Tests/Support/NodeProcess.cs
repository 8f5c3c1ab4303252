using System.Diagnostics;
using System.Globalization;
using StratAI.Testing;

namespace StratAI.Caching.Tests.Support;

/// <summary>A cache node in a process of its own. It dies with this object, and with the test's process as its standard input then ends.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Dictionary<string, TaskCompletionSource<string>> _lines = [];
    private readonly Lock _gate = new();
    private readonly Task<string> _errors;
    private readonly Task _reading;
    private int _commands;

    private NodeProcess(IEnumerable<string> arguments)
    {
        // The node is built with the tests, for the same configuration and framework.
        var folder = AppContext.BaseDirectory.Replace("StratAI.Caching.Tests", "StratAI.Caching.Node", StringComparison.Ordinal);
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(folder, "StratAI.Caching.Node.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>Starts a node with options of the cache such as <c>FactoryLease=00:00:01</c>, or of the mutex such as <c>Mutex:Lease=00:00:01</c>, and waits until it trusts its L1.</summary>
    public static async Task<NodeProcess> StartAsync(RedisSpace redis, TimeSpan clock, params string[] options)
    {
        var node = new NodeProcess(
        [
            $"Clock={clock}",
            $"Caching:Configuration={TestServers.Redis}",
            $"Caching:Namespace={redis.Namespace}",
            "Caching:RedisTimeout=00:00:10",
            $"Mutex:Configuration={TestServers.Redis}",
            $"Mutex:Namespace={redis.Namespace}",
            .. options.Select(option => option.StartsWith("Mutex:", StringComparison.Ordinal) ? option : $"Caching:{option}"),
        ]);
        await node.SaysAsync("ready");
        return node;
    }

    public int Id => _process.Id;

    /// <summary>Sends a command, such as <c>set key value</c>.</summary>
    /// <returns>The answer; it fails when the process ends before.</returns>
    public Task<string> Ask(string command) => Send(command).Answer;

    /// <summary>Sends a command whose begin the node reports.</summary>
    /// <returns>A task that ends when all its callers wait, and the answer.</returns>
    public (Task Waiting, Task<string> Answer) Send(string command)
    {
        var id = Interlocked.Increment(ref _commands).ToString(CultureInfo.InvariantCulture);
        var (waiting, answer) = (SaysAsync($"waiting {id}"), SaysAsync(id));
        _process.StandardInput.WriteLine($"{id} {command}");
        _process.StandardInput.Flush();
        return (waiting, answer);
    }

    /// <summary>Waits for a line that is, or begins with, the word or words; ends with the rest of it.</summary>
    public Task<string> SaysAsync(string words)
    {
        lock (_gate)
        {
            return Line(words).Task.WaitAsync(Patience);
        }
    }

    /// <summary>SIGKILL, SIGSTOP or SIGCONT.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        var errors = await _errors;
        _process.Dispose();
        Assert.Equal("", errors);
    }

    private TaskCompletionSource<string> Line(string words)
    {
        if (!_lines.TryGetValue(words, out var line))
        {
            _lines[words] = line = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return line;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var (words, rest) = line.Split(' ', 2) switch
            {
                ["waiting" or "begun", _] => (line, ""),
                [var word, var more] => (word, more),
                _ => (line, ""),
            };
            lock (_gate)
            {
                Line(words).TrySetResult(rest);
            }
        }

        lock (_gate)
        {
            foreach (var line in _lines.Values)
            {
                line.TrySetException(new InvalidOperationException("The node has ended."));
                _ = line.Task.Exception;
            }
        }
    }
}
