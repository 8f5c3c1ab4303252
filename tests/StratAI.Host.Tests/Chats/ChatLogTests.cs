using StackExchange.Redis;
using StratAI.Host.Features.Chat;
using StratAI.Host.Features.Chat.Log;
using StratAI.Testing;

namespace StratAI.Host.Tests.Chats;

/// <summary>What holds for a log, in the process and in Redis.</summary>
public abstract class ChatLogTests
{
    private readonly Guid _answer = Guid.NewGuid();

    internal abstract IChatLog Log { get; }

    [Fact]
    public async Task Events_are_read_from_any_point_in_their_order()
    {
        var events = Events(1, 2_500);
        Assert.Null(await Log.AppendAsync(_answer, 0, events));
        Assert.Equal(events, await ReadAllAsync(0));
        Assert.Equal(events[2_400..], await ReadAllAsync(2_400));
        Assert.Empty(await Log.ReadAsync(_answer, 2_500));
        Assert.Empty(await Log.ReadAsync(_answer, long.MaxValue));
        Assert.Equal(events[^1], await Log.LastAsync(_answer));
    }

    [Fact]
    public async Task What_is_not_behind_the_last_event_is_refused()
    {
        await Log.AppendAsync(_answer, 0, Events(1, 3));
        Assert.Equal(3, await Log.AppendAsync(_answer, 0, Events(1, 1)));
        Assert.Equal(3, await Log.AppendAsync(_answer, 2, Events(3, 5)));
        Assert.Equal(3, await Log.AppendAsync(_answer, 7, Events(8, 1)));
        Assert.Equal(3, await Log.AppendAsync(_answer, 2, []));
        Assert.Equal(Events(1, 3), await ReadAllAsync(0));
        Assert.Null(await Log.AppendAsync(_answer, 3, []));
        Assert.Null(await Log.AppendAsync(_answer, 3, Events(4, 1)));
    }

    [Fact]
    public async Task Of_two_who_write_at_the_same_place_one_does()
    {
        await Log.AppendAsync(_answer, 0, Events(1, 1));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Log.AppendAsync(_answer, 1, [new(2, "delta", $"{i}")])));
        Assert.Single(outcomes, last => last is null);
        Assert.Equal(7, outcomes.Count(last => last == 2));
        Assert.Equal(2, (await ReadAllAsync(0)).Count);
    }

    [Fact]
    public async Task There_is_no_log_before_it_is_written()
    {
        Assert.Null(await Log.LastAsync(_answer));
        Assert.Empty(await Log.ReadAsync(_answer, 0));
        Assert.Equal(0, await Log.AppendAsync(_answer, 3, Events(4, 1)));
        Assert.Empty(await Log.ReadAsync(_answer, 0));
    }

    private static List<ChatEvent> Events(long first, int count) => [.. Enumerable.Range(0, count).Select(i => new ChatEvent(first + i, "delta", $$"""{"text":"{{first + i}} ü"}"""))];

    private async Task<IReadOnlyList<ChatEvent>> ReadAllAsync(long after)
    {
        var all = new List<ChatEvent>();
        while (await Log.ReadAsync(_answer, all.Count > 0 ? all[^1].Id : after) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        return all;
    }

    public sealed class Local : ChatLogTests
    {
        internal override IChatLog Log { get; } = new LocalChatLog(TimeProvider.System);
    }

    public sealed class Redis : ChatLogTests, IAsyncLifetime
    {
        private readonly string _prefix = $"chatlog-{Guid.NewGuid():N}";
        private ConnectionMultiplexer _redis = null!;
        private RedisChatLog _log = null!;

        internal override IChatLog Log => _log;

        public async Task InitializeAsync()
        {
            _redis = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
            _log = new(_redis, _prefix);
        }

        public async Task DisposeAsync()
        {
            await _redis.GetDatabase().KeyDeleteAsync(Key);
            await _redis.DisposeAsync();
        }

        private RedisKey Key => $"{_prefix}:chat:{{{_answer}}}";

        [Fact]
        public async Task A_log_has_ten_minutes_from_when_it_was_last_written_or_renewed()
        {
            await Log.AppendAsync(_answer, 0, Events(1, 1));
            Assert.InRange((await _redis.GetDatabase().KeyTimeToLiveAsync(Key))!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));

            await _redis.GetDatabase().KeyExpireAsync(Key, TimeSpan.FromMinutes(1));
            await Log.AppendAsync(_answer, 0, Events(1, 1));
            Assert.InRange((await _redis.GetDatabase().KeyTimeToLiveAsync(Key))!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
            await Log.AppendAsync(_answer, 1, []);
            Assert.InRange((await _redis.GetDatabase().KeyTimeToLiveAsync(Key))!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        }

        [Fact]
        public async Task Who_watches_is_woken_until_they_go_and_others_go_on()
        {
            using var there = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
            var elsewhere = new RedisChatLog(there, _prefix);
            var (one, two) = (0, 0);
            var first = await elsewhere.WatchAsync(_answer, () => Interlocked.Increment(ref one));
            await using var second = await elsewhere.WatchAsync(_answer, () => Interlocked.Increment(ref two));
            await Log.AppendAsync(_answer, 0, Events(1, 1));
            await Infrastructure.Eventually.TrueAsync(() => Task.FromResult((one, two) == (1, 1)));

            await first.DisposeAsync();
            await Log.AppendAsync(_answer, 1, Events(2, 1));
            await Infrastructure.Eventually.TrueAsync(() => Task.FromResult(two == 2));
            Assert.Equal(1, one);
        }
    }
}
