using Medallion.Threading.Redis;
using StackExchange.Redis;
using StratAI.Testing;

namespace StratAI.Benchmarks.Locking;

/// <summary>DistributedLock.Redis as it comes, its lease of 30 s as ours.</summary>
internal sealed class PeerContender : IContender
{
    private readonly ConnectionMultiplexer _connection;
    private readonly RedisDistributedSynchronizationProvider _locks;
    private readonly string _space;

    private PeerContender(ConnectionMultiplexer connection, string space)
    {
        (_connection, _space) = (connection, space);
        _locks = new(connection.GetDatabase());
    }

    public static async Task<PeerContender> OpenAsync(string space) => new(await ConnectionMultiplexer.ConnectAsync(TestServers.Redis), space);

    public async Task<IAsyncDisposable> AcquireAsync(string name) => await _locks.CreateLock($"{_space}:{name}").AcquireAsync(TimeSpan.FromSeconds(30));

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
