using StackExchange.Redis;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Tests.Support;

/// <summary>A server of which only the link's events are used.</summary>
internal sealed class ScriptedServer : ICacheServer
{
    public Action Lost { get; private set; } = () => { };

    public Task<StoredEntry> GetAsync(string key) => throw new NotSupportedException();

    public Task<RedisResult> RunAsync(string script, string[] records, RedisValue[] values) => throw new NotSupportedException();

    public Task SubscribeAsync(Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored)
    {
        Lost = lost;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => default;
}
