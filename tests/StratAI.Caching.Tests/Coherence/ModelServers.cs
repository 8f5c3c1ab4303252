using StackExchange.Redis;

namespace StratAI.Caching.Tests.Coherence;

/// <summary>
/// Real servers for runs, and the connections of their nodes, which runs use one after another. Two workers share one server, each with a database that it
/// flushes; the third has one that it restarts.
/// </summary>
internal sealed class ModelServers : IAsyncDisposable
{
    private readonly OwnRedis _shared = new();
    private readonly OwnRedis _restarted = new();
    private readonly List<ConnectionMultiplexer[]> _connections = [];

    public const int Workers = 3;

    public async Task StartAsync()
    {
        await _shared.StartAsync();
        await _restarted.StartAsync();
        for (var worker = 0; worker < Workers; worker++)
        {
            var configuration = ServerOf(worker).Configuration(database: worker);
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

        await _shared.DisposeAsync();
        await _restarted.DisposeAsync();
    }

    private OwnRedis ServerOf(int worker) => worker == Workers - 1 ? _restarted : _shared;
}
