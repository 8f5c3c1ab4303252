using System.Buffers.Text;
using System.Collections.Concurrent;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Locking.Redis;

/// <summary>Hears what is granted to those who wait in this instance. A message that is lost is made up for by their asking again.</summary>
internal sealed class MutexGrants(RedisConnection connection, MutexKeys names) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, MutexWaiter> _waiters = new();
    private readonly Lock _gate = new();
    private Task<ISubscriber>? _subscribing;
    private long _last;

    /// <summary>The id of this instance. Of enough randomness that no two have the same.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("n");

    private RedisChannel Channel => RedisChannel.Literal(names.Channels + Instance);

    public MutexWaiter Register(string name)
    {
        var number = Interlocked.Increment(ref _last);
        var waiter = new MutexWaiter(number, new(name, names.Of(name), $"{Instance}:{number}"));
        _waiters[number] = waiter;
        return waiter;
    }

    public void Remove(MutexWaiter waiter) => _waiters.TryRemove(waiter.Number, out _);

    /// <summary>Ends when grants are heard; at once after the first time.</summary>
    public Task SubscribedAsync()
    {
        lock (_gate)
        {
            // One that failed is tried again by the next who waits.
            return _subscribing is { IsFaulted: false, IsCanceled: false } ? _subscribing : _subscribing = SubscribeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_subscribing is { IsCompletedSuccessfully: true } subscribed)
        {
            await (await subscribed.ConfigureAwait(false)).UnsubscribeAsync(Channel, flags: CommandFlags.FireAndForget).ConfigureAwait(false);
        }

        _subscribing?.Abandon();
    }

    private async Task<ISubscriber> SubscribeAsync()
    {
        var database = await connection.GetDatabaseAsync().ConfigureAwait(false);
        var subscriber = database.Multiplexer.GetSubscriber();
        await subscriber.SubscribeAsync(Channel, (_, message) => Receive((ReadOnlyMemory<byte>)message)).ConfigureAwait(false);
        return subscriber;
    }

    private void Receive(ReadOnlyMemory<byte> message)
    {
        var text = message.Span;
        var separator = text.IndexOf((byte)':');
        if (separator > 0
            && Utf8Parser.TryParse(text[..separator], out long number, out _)
            && Utf8Parser.TryParse(text[(separator + 1)..], out long token, out _)
            && _waiters.TryGetValue(number, out var waiter))
        {
            waiter.Grant(token);
        }
    }
}
