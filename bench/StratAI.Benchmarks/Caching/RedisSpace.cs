using StackExchange.Redis;
using StratAI.Testing;

namespace StratAI.Benchmarks.Caching;

/// <summary>Keys of one run in the test server, gone after it.</summary>
internal sealed class RedisSpace : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _connection;

    private RedisSpace(ConnectionMultiplexer connection) => _connection = connection;

    public string Name { get; } = $"bench-{Guid.NewGuid():n}";

    public IDatabase Database => _connection.GetDatabase();

    public ISubscriber Subscriber => _connection.GetSubscriber();

    public RedisChannel Bare => RedisChannel.Literal($"{Name}:bare");

    public static async Task<RedisSpace> OpenAsync() => new(await ConnectionMultiplexer.ConnectAsync(TestServers.Redis));

    public async ValueTask DisposeAsync()
    {
        await foreach (var key in _connection.GetServers()[0].KeysAsync(pattern: $"*{Name}*", pageSize: 1_000))
        {
            await Database.KeyDeleteAsync(key);
        }

        await _connection.DisposeAsync();
    }
}
