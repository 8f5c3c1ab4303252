using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Redis;

/// <summary>The cache's records on a real Redis: standalone, behind Sentinel, or one slot of a Cluster.</summary>
internal sealed class RedisServer(RedisConnection connection, RedisNames names, TimeSpan retention, int logCapacity) : ICacheServer
{
    private readonly RedisValue _retention = (long)retention.TotalMilliseconds;
    private RedisValue _channel;
    private IConnectionMultiplexer? _watched;
    private ChannelMessageQueue? _messages;
    private EventHandler<ConnectionFailedEventArgs>? _onFailed;
    private EventHandler<ConnectionFailedEventArgs>? _onRestored;

    public RedisNames Names => names;

    public ValueTask<IDatabase> GetDatabaseAsync() => connection.GetDatabaseAsync();

    public async Task<StoredEntry> GetAsync(string key)
    {
        var database = await connection.GetDatabaseAsync().ConfigureAwait(false);
        var entry = names.Of(Records.Entry(key));

        // Two commands in one round trip, to the master, as a replica may lag behind what it was told to forget. The time first: should the entry
        // be written in between, it has at least as long. The client's own pair of the two cannot be sent on to another node while a slot moves.
        var asking = database.KeyTimeToLiveAsync(entry, CommandFlags.DemandMaster);
        var reading = database.StringGetAsync(entry, CommandFlags.DemandMaster);
        try
        {
            return new(await reading.ConfigureAwait(false), await asking.ConfigureAwait(false));
        }
        catch (RedisServerException error) when (error.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            return new([], null);
        }
        finally
        {
            asking.Abandon();
        }
    }

    public async Task<RedisResult> RunAsync(string script, string[] records, RedisValue[] values)
    {
        var database = await connection.GetDatabaseAsync().ConfigureAwait(false);
        RedisKey[] keys = [names.State, names.KeyLog, .. records.Select(names.Of)];
        RedisValue[] arguments = [_retention, logCapacity, ChannelOf(database), .. values];
        return await database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.DemandMaster).ConfigureAwait(false);
    }

    public async Task SubscribeAsync(Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored)
    {
        var database = await connection.GetDatabaseAsync().ConfigureAwait(false);
        if (_watched is null)
        {
            _watched = database.Multiplexer;
            (_onFailed, _onRestored) = ((_, _) => lost(), (_, _) => restored());
            _watched.ConnectionFailed += _onFailed;
            _watched.ConnectionRestored += _onRestored;
        }

        // A queue, as plain handlers may run out of order.
        _messages = await _watched.GetSubscriber().SubscribeAsync(RedisChannel.Literal(names.Channel(database.Database))).ConfigureAwait(false);
        _messages.OnMessage(message => receive((ReadOnlyMemory<byte>)message.Message));
    }

    public async ValueTask DisposeAsync()
    {
        if (_watched is not null)
        {
            _watched.ConnectionFailed -= _onFailed;
            _watched.ConnectionRestored -= _onRestored;
        }

        if (_messages is not null)
        {
            await _messages.UnsubscribeAsync(CommandFlags.FireAndForget).ConfigureAwait(false);
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private RedisValue ChannelOf(IDatabase database)
    {
        if (_channel.IsNull)
        {
            // The client puts its channel prefix before what it subscribes to, but cannot do so inside a script.
            var prefix = ConfigurationOptions.Parse(database.Multiplexer.Configuration).ChannelPrefix;
            _channel = (string?)prefix + names.Channel(database.Database);
        }

        return _channel;
    }
}
