using StackExchange.Redis;
using StratAI.Testing;

namespace StratAI.Benchmarks.Caching;

/// <summary>Keys of one run in the test server, gone after it.</summary>
internal sealed class RedisSpace : IAsyncDisposable
{
    private RedisSpace(ConnectionMultiplexer connection) => Connection = connection;

    public string Name { get; } = $"bench-{Guid.NewGuid():n}";

    public ConnectionMultiplexer Connection { get; }

    public IDatabase Database => Connection.GetDatabase();

    public ISubscriber Subscriber => Connection.GetSubscriber();

    public RedisChannel Bare => RedisChannel.Literal($"{Name}:bare");

    public static async Task<RedisSpace> OpenAsync() => new(await ConnectionMultiplexer.ConnectAsync(TestServers.Redis));

    public async ValueTask DisposeAsync()
    {
        await foreach (var key in Connection.GetServers()[0].KeysAsync(pattern: $"*{Name}*", pageSize: 1_000))
        {
            await Database.KeyDeleteAsync(key);
        }

        await Connection.DisposeAsync();
    }
}
