using System.Globalization;
using StackExchange.Redis;

namespace StratAI.Host.Features.Chat.Log;

/// <summary>
/// A Redis Stream per answer, whose entries have the numbers of the events as ids. Every call ends within <see cref="Deadline"/>, if need be by an exception.
/// </summary>
internal sealed class RedisChatLog(IConnectionMultiplexer redis, string prefix) : IChatLog
{
    private const int Page = 1_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    // Only behind the last event: what is sent twice, and what an instance still sends whose answer was taken from it, finds another last event.
    private const string Append =
        """
        local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
        local last = newest and tonumber(string.match(newest[1], '^%d+')) or 0
        if last ~= tonumber(ARGV[1]) then
            return last
        end
        for i = 3, #ARGV, 2 do
            last = last + 1
            redis.call('XADD', KEYS[1], string.format('%.0f-0', last), 't', ARGV[i], 'd', ARGV[i + 1])
        end
        redis.call('PEXPIRE', KEYS[1], 600000)
        if #ARGV > 2 then
            redis.call('PUBLISH', ARGV[2], '')
        end
        return -1
        """;

    private readonly RedisChannel _stops = RedisChannel.Literal($"{prefix}:chat:stops");

    public async Task<long?> AppendAsync(Guid answerId, long after, IReadOnlyList<ChatEvent> events)
    {
        var values = new RedisValue[2 + (2 * events.Count)];
        (values[0], values[1]) = (after, Name(answerId));
        for (var i = 0; i < events.Count; i++)
        {
            (values[2 + (2 * i)], values[3 + (2 * i)]) = (events[i].Type, events[i].Data);
        }

        var last = (long)await Within(redis.GetDatabase().ScriptEvaluateAsync(Append, [Name(answerId)], values, CommandFlags.DemandMaster));
        return last < 0 ? null : last;
    }

    public async Task<IReadOnlyList<ChatEvent>> ReadAsync(Guid answerId, long after)
    {
        // Beyond the largest id there is nothing to be read, and no id to ask with.
        var entries = after == long.MaxValue ? [] : await Within(redis.GetDatabase().StreamRangeAsync(Name(answerId), $"{after + 1}-0", "+", Page));
        return Array.ConvertAll(entries, ToEvent);
    }

    public async Task<ChatEvent?> LastAsync(Guid answerId) =>
        await Within(redis.GetDatabase().StreamRangeAsync(Name(answerId), "-", "+", 1, Order.Descending)) is [var last] ? ToEvent(last) : null;

    public async Task<IAsyncDisposable> WatchAsync(Guid answerId, Action changed)
    {
        // The client keeps one subscription for all who watch an answer, and takes it up again on a new connection.
        return await BeginAsync(new(redis.GetSubscriber(), RedisChannel.Literal(Name(answerId)), _ => changed()));
    }

    public void TellStop(Guid answerId) => redis.GetSubscriber().Publish(_stops, answerId.ToString("D"), CommandFlags.FireAndForget);

    public async Task HearStopsAsync(Action<Guid> stop) => await BeginAsync(new(redis.GetSubscriber(), _stops, message =>
    {
        if (Guid.TryParse((string?)message, out var answerId))
        {
            stop(answerId);
        }
    }));

    private static async Task<Watch> BeginAsync(Watch watch)
    {
        try
        {
            await Within(watch.BeginAsync());
            return watch;
        }
        catch
        {
            // The client goes on trying what it was told.
            await watch.DisposeAsync();
            throw;
        }
    }

    private static async Task<T> Within<T>(Task<T> call)
    {
        await Within((Task)call);
        return await call;
    }

    private static async Task Within(Task call)
    {
        try
        {
            await call.WaitAsync(Deadline);
        }
        catch (TimeoutException exception) when (exception is not RedisTimeoutException)
        {
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, $"Redis has not answered within {Deadline}.");
        }
    }

    private static ChatEvent ToEvent(StreamEntry entry) =>
        new(long.Parse(((string)entry.Id!).AsSpan(0, ((string)entry.Id!).IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture), entry["t"]!, entry["d"]!);

    private string Name(Guid answerId) => $"{prefix}:chat:{{{answerId:D}}}";

    private sealed class Watch(ISubscriber subscriber, RedisChannel channel, Action<RedisValue> heard) : IAsyncDisposable
    {
        public Task BeginAsync() => subscriber.SubscribeAsync(channel, Hear);

        public async ValueTask DisposeAsync() => await subscriber.UnsubscribeAsync(channel, Hear, CommandFlags.FireAndForget);

        private void Hear(RedisChannel from, RedisValue message) => heard(message);
    }
}
