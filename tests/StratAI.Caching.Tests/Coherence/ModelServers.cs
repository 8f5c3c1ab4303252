using StackExchange.Redis;

namespace StratAI.Caching.Tests.Coherence;

/// <summary>
/// Real servers for runs, and the connections of their nodes, which runs use one after another. Two workers share one server, each with a database that it
/// flushes; the third has one that it restarts.
/// </summary>
internal sealed class ModelServers : IAsyncDisposable
{
    private RedisProcess? _shared;
    private RedisProcess? _restarted;
    private readonly List<ConnectionMultiplexer[]> _connections = [];

    public const int Workers = 3;

    public async Task StartAsync()
    {
        (_shared, _restarted) = (await RedisProcess.StartAsync(), await RedisProcess.StartAsync());
        for (var worker = 0; worker < Workers; worker++)
        {
            var configuration = Configuration(worker == Workers - 1 ? _restarted : _shared, worker);
            _connections.Add(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConnectionMultiplexer.ConnectAsync(configuration))));
        }
    }

    public Task<IModelCluster> CreateAsync(int seed, int worker, int logCapacity) => Task.FromResult<IModelCluster>(
        new RedisModelCluster(_connections[worker], seed, logCapacity, worker == Workers - 1 ? _restarted : null));

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.SelectMany(connections => connections))
        {
            await connection.DisposeAsync();
        }

        foreach (var server in new[] { _shared, _restarted }.OfType<RedisProcess>())
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>One that comes back soon after a restart, and whose own timeouts end no call.</summary>
    private static ConfigurationOptions Configuration(RedisProcess server, int database) => new()
    {
        EndPoints = { server.Endpoint },
        DefaultDatabase = database,
        AllowAdmin = true,
        AbortOnConnectFail = false,
        AsyncTimeout = 60_000,
        ConnectTimeout = 1000,
        HeartbeatInterval = TimeSpan.FromMilliseconds(50),
        ReconnectRetryPolicy = new LinearRetry(50),
    };
}
