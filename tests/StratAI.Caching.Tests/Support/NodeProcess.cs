using System.Globalization;
using StratAI.Testing;
using StratAI.Testing.Processes;

namespace StratAI.Caching.Tests.Support;

/// <summary>A cache node in a process of its own.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, TaskCompletionSource<string>> _lines = [];
    private readonly Lock _gate = new();
    private readonly ChildProcess _process;
    private readonly Task _ended;
    private int _commands;

    private NodeProcess(IEnumerable<string> arguments)
    {
        _process = new("StratAI.Caching.Node", arguments, Hear);
        _ended = EndAsync();
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
        _process.Say($"{id} {command}");
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

    /// <inheritdoc cref="ChildProcess.SignalAsync" />
    public Task SignalAsync(string name) => _process.SignalAsync(name);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _ended;
    }

    private TaskCompletionSource<string> Line(string words)
    {
        if (!_lines.TryGetValue(words, out var line))
        {
            _lines[words] = line = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return line;
    }

    private void Hear(string line)
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

    private async Task EndAsync()
    {
        await _process.Ended;
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
