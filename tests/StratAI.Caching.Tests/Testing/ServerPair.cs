using System.Globalization;
using StackExchange.Redis;
using StratAI.Caching.Redis;
using StratAI.Caching.Testing;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Tests.Testing;

/// <summary>A real Redis and its stand-in, told the same and expected to do the same.</summary>
internal sealed class ServerPair : IAsyncDisposable
{
    /// <summary>Time passes between telling the one and the other. Lifetimes in these tests are more than this apart.</summary>
    private const long LifetimeTolerance = 20_000;

    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);
    private static readonly string[] Invalidating = [Scripts.Set, Scripts.Remove, Scripts.RemoveByTag, Scripts.RemoveAll];

    private readonly IDatabase _database;
    private readonly RedisNames _names;
    private readonly ServerClock _clock = new();
    private readonly MemoryServer _memory;
    private readonly RedisServer _real;
    private readonly MemoryConnection _twin;
    private readonly List<byte[]> _realMessages = [];
    private readonly List<byte[]> _twinMessages = [];
    private string _id = "";

    public ServerPair(IDatabase database, RedisNames names, int logCapacity)
    {
        (_database, _names, _memory) = (database, names, new(_clock));
        _real = new(RedisConnection.For(database.Multiplexer), names, Retention, logCapacity);
        _twin = new(_memory, names, Retention, logCapacity);
    }

    /// <summary>The sequence that both have reached.</summary>
    public long Sequence { get; private set; }

    public async Task StartAsync()
    {
        // Both are one server to the scripts.
        _id = (await _database.Multiplexer.GetServers()[0].InfoAsync("server")).SelectMany(group => group).Single(line => line.Key == "run_id").Value;
        _memory.Change(data => data.ServerId = _id);
        await _real.SubscribeAsync(message => Note(_realMessages, message), () => { }, () => { });
        await _twin.SubscribeAsync(message => Note(_twinMessages, message), () => { }, () => { });
    }

    public async Task RunAsync(string script, string[] records, params RedisValue[] values)
    {
        var begins = TwinSequence() is null || script == Scripts.Sync;
        var real = await AnswerAsync(_real, script, records, values);
        _clock.Now = DateTimeOffset.UtcNow;
        if (begins && await _database.KeyTypeAsync(_names.State) == RedisType.SortedSet)
        {
            // The record of invalidations began anew at Redis's clock, which the stand-in's must then have shown too.
            var sequence = await _database.SortedSetScoreAsync(_names.State, "s") ?? 0;
            var first = Invalidating.Contains(script) ? sequence - 1 : sequence;
            _clock.Now = first > Sequence ? DateTimeOffset.UnixEpoch.AddTicks((long)first * TimeSpan.TicksPerMicrosecond) : _clock.Now;
        }

        AssertAlike(real, await AnswerAsync(_twin, script, records, values), withLifetimes: script is Scripts.Read or Scripts.Claim);
        Sequence = (long)(TwinSequence() ?? Sequence);
    }

    public async Task GetAsync(string key)
    {
        var (real, twin) = (await _real.GetAsync(key), await _twin.GetAsync(key));
        Assert.Equal(real.Payload, twin.Payload);
        AssertAlike((long?)real.TimeToLive?.TotalMilliseconds ?? -1, (long?)twin.TimeToLive?.TotalMilliseconds ?? -1);
    }

    public async Task SetRawAsync(string record, byte[] value, TimeSpan? lifetime)
    {
        await _database.StringSetAsync(_names.Of(record), value, lifetime, When.Always);
        _memory.Change(data => data.Set(Key(record), value, (long?)lifetime?.TotalMilliseconds));
    }

    public async Task SetForeignAsync(string record)
    {
        await DeleteAsync(record);
        await _database.ListRightPushAsync(_names.Of(record), "x");
        _memory.Change(data => data.SetForeign(Key(record)));
    }

    public async Task DeleteAsync(string record)
    {
        await _database.KeyDeleteAsync(_names.Of(record));
        _memory.Change(data => data.Delete(Key(record)));
    }

    /// <summary>Makes the record of invalidations that of another server.</summary>
    public async Task TakeOverAsync()
    {
        if (await _database.KeyTypeAsync(_names.State) == RedisType.SortedSet)
        {
            await _database.SortedSetRemoveAsync(_names.State, $"@{_id}");
            _memory.Change(data => data.Scores(Key("state"))!.Remove($"@{_id}"));
        }
    }

    public async Task<byte[]?> FindAsync(string record) =>
        await _database.KeyTypeAsync(_names.Of(record)) == RedisType.String ? (byte[]?)await _database.StringGetAsync(_names.Of(record)) : null;

    /// <summary>Lets time pass for one key.</summary>
    public async Task AgeAsync(string record, TimeSpan by)
    {
        if (await _database.KeyTimeToLiveAsync(_names.Of(record)) is not { } left)
        {
            return;
        }

        await _database.KeyExpireAsync(_names.Of(record), left - by);
        _memory.Change(data => data.Expire(Key(record), data.LifetimeOf(Key(record)) - (long)by.TotalMilliseconds));
    }

    /// <summary>Compares everything that both hold, and everything they published.</summary>
    public async Task AssertAlikeAsync(IEnumerable<string> records)
    {
        _clock.Now = DateTimeOffset.UtcNow;
        var held = 0;
        foreach (var record in records)
        {
            var (key, type) = (_names.Of(record), await _database.KeyTypeAsync(_names.Of(record)));
            var left = await _database.KeyTimeToLiveAsync(key);
            AssertAlike(type == RedisType.None ? Keyspace.NoKey : (long?)left?.TotalMilliseconds ?? Keyspace.Persistent, Twin(data => data.LifetimeOf(Key(record))));
            held += type == RedisType.None ? 0 : 1;
            if (type == RedisType.String)
            {
                Assert.Equal((byte[]?)await _database.StringGetAsync(key), Twin(data => data.Get(Key(record))));
            }
            else if (type == RedisType.SortedSet)
            {
                Assert.Equal(
                    (await _database.SortedSetRangeByRankWithScoresAsync(key)).Select(entry => (entry.Score, ByteText.Of(entry.Element))),
                    Twin(data => data.Scores(Key(record))!.Members.ToList()));
            }
        }

        Assert.Equal(held, Twin(data => data.Keys.Count));
        await _database.Multiplexer.GetSubscriber().PublishAsync(RedisChannel.Literal(_names.Channel(_database.Database)), "end");
        await Eventually.TrueAsync(() => Messages(_realMessages).LastOrDefault() is { Length: 3 }, "the last message has come");
        Assert.Equal(Messages(_realMessages).SkipLast(1), Messages(_twinMessages));
    }

    public async ValueTask DisposeAsync()
    {
        await _real.DisposeAsync();
        await _twin.DisposeAsync();
    }

    private string Key(string record) => ByteText.Of(_names.Of(record));

    private double? TwinSequence() => Twin(data => data.LifetimeOf(Key("state")) == Keyspace.NoKey || IsForeign(data) ? null : data.ScoreOf(Key("state"), "s"));

    private bool IsForeign(Keyspace data)
    {
        try
        {
            data.Scores(Key("state"));
            return false;
        }
        catch (RedisServerException)
        {
            return true;
        }
    }

    private T Twin<T>(Func<Keyspace, T> look)
    {
        T seen = default!;
        _memory.Change(data => seen = look(data));
        return seen;
    }

    private static void Note(List<byte[]> messages, ReadOnlyMemory<byte> message)
    {
        lock (messages)
        {
            messages.Add(message.ToArray());
        }
    }

    private static byte[][] Messages(List<byte[]> messages)
    {
        lock (messages)
        {
            return [.. messages];
        }
    }

    private static async Task<object> AnswerAsync(ICacheServer server, string script, string[] records, RedisValue[] values)
    {
        try
        {
            return await server.RunAsync(script, records, values);
        }
        catch (RedisServerException error)
        {
            return error.Message.Split(' ')[0];
        }
    }

    private static void AssertAlike(object real, object twin, bool withLifetimes)
    {
        if (real is not RedisResult { Resp2Type: ResultType.Array } reals)
        {
            Assert.Equal(Describe(real), Describe(twin));
            return;
        }

        var twins = Assert.IsAssignableFrom<RedisResult>(twin);
        Assert.Equal(reals.Length, twins.Length);
        for (var i = 0; i < reals.Length; i++)
        {
            if (withLifetimes && i > 0 && reals[i].Resp2Type == ResultType.Integer)
            {
                AssertAlike((long)reals[i], (long)twins[i]);
            }
            else
            {
                Assert.Equal(Describe(reals[i]), Describe(twins[i]));
            }
        }
    }

    private static void AssertAlike(long real, long twin)
    {
        if (real < 5 || twin < 5)
        {
            Assert.Equal(real, twin);
        }
        else
        {
            Assert.InRange(twin, real - LifetimeTolerance, real + LifetimeTolerance);
        }
    }

    private static string Describe(object answer) => answer is RedisResult result
        ? string.Create(CultureInfo.InvariantCulture, $"{result.Resp2Type} {(result.IsNull ? "nil" : Convert.ToHexString((byte[])result!))}")
        : $"error {answer}";
}
