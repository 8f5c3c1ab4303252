using StackExchange.Redis;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Testing;

/// <summary>The records of one cache on a <see cref="MemoryServer"/>, as <see cref="RedisServer"/> is on a Redis. It answers before it returns.</summary>
internal sealed class MemoryConnection(MemoryServer server, RedisNames names, TimeSpan retention, int logCapacity) : ICacheServer
{
    private readonly RedisValue _retention = (long)retention.TotalMilliseconds;
    private readonly string _channel = names.Channel(0);
    private IDisposable? _subscription;

    public Task<StoredEntry> GetAsync(string key) => Task.FromResult(server.Get(ByteText.Of(names.Of(Records.Entry(key)))));

    public Task<RedisResult> RunAsync(string script, string[] records, RedisValue[] values)
    {
        string[] keys = [ByteText.Of(names.State), ByteText.Of(names.KeyLog), .. records.Select(record => ByteText.Of(names.Of(record)))];
        try
        {
            return Task.FromResult(server.Run(script, keys, [_retention, logCapacity, _channel, .. values]));
        }
        catch (RedisServerException error)
        {
            return Task.FromException<RedisResult>(error);
        }
    }

    public Task SubscribeAsync(Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored)
    {
        _subscription = server.Subscribe(_channel, receive, lost, restored);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        return default;
    }
}
