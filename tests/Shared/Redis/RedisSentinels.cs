using System.Globalization;

namespace StratAI.Testing.Redis;

/// <summary>A master, a replica and three sentinels that put the replica in the master's place within about two seconds.</summary>
public sealed class RedisSentinels : IAsyncDisposable
{
    private const string Service = "main";

    private readonly List<RedisProcess> _sentinels = [];

    private RedisSentinels(RedisProcess master, RedisProcess replica) => (Master, Replica) = (master, replica);

    /// <summary>The master of the beginning.</summary>
    public RedisProcess Master { get; }

    public RedisProcess Replica { get; }

    /// <summary>A StackExchange.Redis configuration that finds the master by the sentinels.</summary>
    public string Configuration => $"{string.Join(',', _sentinels.Select(sentinel => sentinel.Endpoint))},serviceName={Service}";

    public static async Task<RedisSentinels> StartAsync()
    {
        var master = await RedisProcess.StartAsync("--repl-diskless-sync-delay", "0");
        var replica = await RedisProcess.StartAsync("--replicaof", "127.0.0.1", $"{master.Port}");
        var topology = new RedisSentinels(master, replica);
        await Eventually.TrueAsync(
            async () => (await replica.RunAsync("INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal), "the replica follows");
        for (var i = 0; i < 3; i++)
        {
            topology._sentinels.Add(await RedisProcess.StartSentinelAsync(topology.Monitoring));
        }

        await Eventually.TrueAsync(topology.KnowEachOtherAsync, "the sentinels know each other");
        return topology;
    }

    /// <summary>Waits until the replica has all that the master acknowledged: replication is asynchronous, and a failover loses what it has not.</summary>
    public async Task ReplicatedAsync()
    {
        // Twice on one connection: WAIT waits for what its own connection has seen written, which for the first command is nothing.
        Assert.Equal("1\n1", await Master.RunAsync("-r", "2", "WAIT", "1", "5000"));
    }

    /// <summary>Waits until the sentinels have made the replica the master.</summary>
    public Task FailedOverAsync() => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return (await Replica.RunAsync("INFO", "replication")).Contains("role:master", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                // With the promotion the sentinel has the server close the connections of its clients, this one among them.
                return false;
            }
        },
        "the replica is the master");

    public Task KillSentinelsAsync()
    {
        _sentinels.ForEach(sentinel => sentinel.Kill());
        return Task.CompletedTask;
    }

    public Task RestartSentinelsAsync() => Task.WhenAll(_sentinels.Select(sentinel => sentinel.RestartAsync()));

    public Task ForgetMasterAsync() => Task.WhenAll(_sentinels.Select(sentinel => sentinel.RunAsync("SENTINEL", "REMOVE", Service)));

    public Task MonitorMasterAsync() =>
        Task.WhenAll(_sentinels.Select(sentinel => sentinel.RunAsync("SENTINEL", "MONITOR", Service, "127.0.0.1", $"{Master.Port}", "2")));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _sentinels.Append(Replica).Append(Master))
        {
            await server.DisposeAsync();
        }
    }

    private string Monitoring => string.Create(CultureInfo.InvariantCulture, $"""
        sentinel monitor {Service} 127.0.0.1 {Master.Port} 2
        sentinel down-after-milliseconds {Service} 500
        sentinel failover-timeout {Service} 3000

        """);

    private async Task<bool> KnowEachOtherAsync()
    {
        foreach (var sentinel in _sentinels)
        {
            var known = (await sentinel.RunAsync("INFO", "sentinel")).Split('\n')[^1];
            if (!known.Contains("slaves=1,sentinels=3", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
