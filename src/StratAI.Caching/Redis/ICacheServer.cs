using StackExchange.Redis;

namespace StratAI.Caching.Redis;

/// <summary>
/// What a <see cref="RedisLevel"/> asks of the server behind it. Calls may fail or hang in any way; deadlines and the breaker are above.
/// </summary>
internal interface ICacheServer : IAsyncDisposable
{
    /// <summary>The bytes of an entry and how long it lives on, in one round trip.</summary>
    Task<StoredEntry> GetAsync(string key);

    /// <summary>Runs one of <see cref="Scripts"/>.</summary>
    /// <param name="script">The script.</param>
    /// <param name="records">The keys after the two that every script takes; see <see cref="Records"/>.</param>
    /// <param name="values">The arguments after the three that every script takes.</param>
    Task<RedisResult> RunAsync(string script, string[] records, RedisValue[] values);

    /// <summary>Subscribes to what the scripts publish; later breaks are mended by the server's client.</summary>
    /// <param name="receive">Called with each message, in order and one at a time.</param>
    /// <param name="lost">Called when the connection breaks.</param>
    /// <param name="restored">Called when it is back; messages in between are lost.</param>
    Task SubscribeAsync(Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored);
}
