using StackExchange.Redis;
using StratAI.Testing.Redis;

namespace StratAI.Host.Tests.Infrastructure;

/// <summary>A Redis of a test's own, to be killed, or to be watched: it keeps all commands it got.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly RedisProcess _process;

    private RedisServer(RedisProcess process) => _process = process;

    public string Configuration => $"{_process.Endpoint},connectTimeout=500,allowAdmin=true";

    public static async Task<RedisServer> StartAsync() =>
        new(await RedisProcess.StartAsync("--appendonly", "no", "--slowlog-log-slower-than", "0", "--slowlog-max-len", "10000"));

    public void Kill() => _process.Kill();

    /// <summary>The script calls that an action brings about, each with its arguments, those of keys first.</summary>
    public async Task<IReadOnlyList<string[]>> ScriptsDuringAsync(Func<Task> action)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Configuration);
        var server = redis.GetServers()[0];
        await server.SlowlogResetAsync();
        await action();
        var calls = await server.SlowlogGetAsync(10_000);
        return [.. calls.Select(call => Array.ConvertAll(call.Arguments, argument => argument.ToString())).Where(call => call[0].StartsWith("EVAL", StringComparison.OrdinalIgnoreCase))];
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
