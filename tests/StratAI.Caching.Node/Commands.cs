using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;
using StratAI.Testing.Node;

namespace StratAI.Caching.Node;

/// <summary>
/// What a test can tell the node: <c>id verb arguments</c>, answered by <c>id result</c>. A factory counts its run in Redis, says
/// <c>begun key</c>, and ends with what <c>open key value</c> gives it.
/// </summary>
internal sealed class Commands(HybridCache cache, MutexCommands mutexes, IDatabase database, string space, int process)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _gates = new();

    public async Task RunAsync(string line)
    {
        var parts = line.Split(' ');
        try
        {
            Output.Write($"{parts[0]} {await RunAsync(parts[0], parts[1], parts[2..])}");
        }
        catch (Exception error)
        {
            Output.Write($"{parts[0]} failed {error.GetType().Name} {error.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task<string> RunAsync(string id, string verb, string[] arguments)
    {
        switch (verb)
        {
            case "read":
                return await ReadManyAsync(id, arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture));
            case "get":
                return await cache.GetOrCreateAsync(arguments[0], _ => CountAsync(arguments[0]), tags: arguments[1..]);
            case "set":
                await cache.SetAsync(arguments[0], arguments[1], Lasting(arguments[2]), arguments[3..]);
                return "done";
            case "remove":
                await cache.RemoveAsync(arguments[0]);
                return "done";
            case "tag":
                await cache.RemoveByTagAsync(arguments[0]);
                return "done";
            case "open":
                Gate(arguments[0]).TrySetResult(arguments[1]);
                return "done";
            case "hold":
                return await mutexes.HoldAsync(arguments[0]);
            case "write":
                return await mutexes.WriteAsync(arguments[0]);
            case "free":
                return await mutexes.FreeAsync(arguments[0]);
            case "contend":
                return await mutexes.ContendAsync(arguments[0], TimeSpan.Parse(arguments[1], CultureInfo.InvariantCulture));
            default:
                throw new ArgumentException($"There is no command '{verb}'.", nameof(verb));
        }
    }

    /// <summary>That many callers at once; says <c>waiting id</c> when all have called, and answers each value with how often it was got.</summary>
    private async Task<string> ReadManyAsync(string id, string key, int callers)
    {
        var called = 0;
        var reads = Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var read = cache.GetOrCreateAsync(key, cancellationToken => MakeAsync(key, cancellationToken));
            if (Interlocked.Increment(ref called) == callers)
            {
                Output.Write($"waiting {id}");
            }

            return await read;
        }));
        var values = await Task.WhenAll(reads);
        return string.Join(' ', values.CountBy(value => value).Select(count => $"{count.Key}*{count.Value}"));
    }

    private async ValueTask<string> MakeAsync(string key, CancellationToken cancellationToken)
    {
        await CountRunAsync(key);
        Output.Write($"begun {key}");
        return await Gate(key).Task.WaitAsync(cancellationToken);
    }

    private async ValueTask<string> CountAsync(string key) => $"{process}/{await CountRunAsync(key)}";

    private Task<long> CountRunAsync(string key) => database.StringIncrementAsync($"{{{space}}}:runs:{key}");

    private TaskCompletionSource<string> Gate(string key) =>
        _gates.GetOrAdd(key, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private static HybridCacheEntryOptions Lasting(string expiration) => new() { Expiration = TimeSpan.Parse(expiration, CultureInfo.InvariantCulture) };
}
