using StackExchange.Redis;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Redis;

/// <summary>The subscription to the channel of invalidations, and word of its connection's breaks.</summary>
/// <param name="connection">The connection.</param>
/// <param name="settings">Names and times.</param>
/// <param name="receive">Called with each message, in order and one at a time.</param>
/// <param name="lost">Called when a connection breaks.</param>
/// <param name="restored">Called when one is back; messages in between are lost.</param>
internal sealed class InvalidationSubscription(
    RedisConnection connection, RedisLevelSettings settings, Action<ReadOnlyMemory<byte>> receive, Action lost, Action restored) : IAsyncDisposable
{
    private IConnectionMultiplexer? _multiplexer;
    private Task<ChannelMessageQueue>? _subscribing;

    /// <summary>Subscribes, unless that was done; later breaks are mended by the client. Not to be called concurrently.</summary>
    public async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        if (_subscribing is { IsCompletedSuccessfully: true })
        {
            return;
        }

        if (_subscribing is null or { IsFaulted: true } or { IsCanceled: true })
        {
            _subscribing = SubscribeAsync();
        }

        // A slow attempt is waited for again next time: given up, it would end as a second subscription.
        await _subscribing.WaitAsync(settings.Timeout, settings.Time, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is not null)
        {
            _multiplexer.ConnectionFailed -= OnConnectionFailed;
            _multiplexer.ConnectionRestored -= OnConnectionRestored;
        }

        if (_subscribing is { IsCompletedSuccessfully: true })
        {
            var subscription = await _subscribing.ConfigureAwait(false);
            await subscription.UnsubscribeAsync(CommandFlags.FireAndForget).ConfigureAwait(false);
        }
    }

    private async Task<ChannelMessageQueue> SubscribeAsync()
    {
        var database = await connection.GetDatabaseAsync().ConfigureAwait(false);
        if (_multiplexer is null)
        {
            _multiplexer = database.Multiplexer;
            _multiplexer.ConnectionFailed += OnConnectionFailed;
            _multiplexer.ConnectionRestored += OnConnectionRestored;
        }

        // A queue, as plain handlers may run out of order.
        var channel = RedisChannel.Literal(settings.Names.Channel(database.Database));
        var subscription = await _multiplexer.GetSubscriber().SubscribeAsync(channel).ConfigureAwait(false);
        subscription.OnMessage(message => receive((ReadOnlyMemory<byte>)message.Message));
        return subscription;
    }

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs failure) => lost();

    private void OnConnectionRestored(object? sender, ConnectionFailedEventArgs restoration) => restored();
}
