using System.Text;
using CsCheck;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;
using StratAI.Testing;

namespace StratAI.Caching.Tests.Redis;

/// <summary>What lies in Redis.</summary>
public sealed class EntryTests : IAsyncLifetime
{
    private readonly RedisSpace _redis = new();
    private readonly CountingFactory _factory = new();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Every_key_expires()
    {
        await using var node = _redis.CreateNode();
        await node.Cache.SetAsync("set", 1, tags: ["t"]);
        await node.Cache.GetOrCreateAsync("made", _factory.Next, tags: ["t"]);
        await node.Cache.RemoveAsync("removed");
        await node.Cache.RemoveByTagAsync("t");
        await CheckAsync(4);

        await node.Cache.RemoveByTagAsync("*");
        await CheckAsync(4);

        async Task CheckAsync(int expected)
        {
            var keys = await _redis.KeysAsync();
            Assert.Equal(expected, keys.Count);
            foreach (var key in keys)
            {
                Assert.NotNull(await _redis.Database.KeyTimeToLiveAsync(key));
            }
        }
    }

    [Fact]
    public async Task An_entry_expires_in_Redis_when_the_call_says_so_and_never_after_the_maximum()
    {
        await using var node = _redis.CreateNode(options => options.MaximumExpiration = TimeSpan.FromHours(1));
        await node.Cache.SetAsync("minute", 1, new() { Expiration = TimeSpan.FromMinutes(1) });
        await node.Cache.SetAsync("year", 1, new() { Expiration = TimeSpan.FromDays(365) });

        Assert.InRange((await _redis.Database.KeyTimeToLiveAsync(_redis.Entry("minute")))!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));
        Assert.InRange((await _redis.Database.KeyTimeToLiveAsync(_redis.Entry("year")))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
    }

    [Fact]
    public async Task L1_holds_an_entry_from_L2_no_longer_than_L2_does()
    {
        await using var one = _redis.CreateNode();
        await using var two = _redis.CreateNode();
        await two.TrustedAsync();
        await one.Cache.SetAsync("k", 42, new() { Expiration = TimeSpan.FromSeconds(4) });
        await _redis.AgeAsync(TimeSpan.FromSeconds(1));
        await two.Cache.GetOrCreateAsync("k", _factory.Next);
        Assert.True(two.HoldsLocally("k"));

        two.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.False(two.HoldsLocally("k"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SC")]
    [InlineData("not a payload at all, though long enough to be one")]
    [InlineData("SC\u0002\0\0\0\0\0\0\0\0\u0001\0\0\0\0\0")]
    [InlineData("SC\u0001\0\u007f\0\0\0\0\0\0\u0001\0\0\0\0\0")]
    [InlineData("SC\u0001\0\0\u0006\0\0\0\0\0\u0001\0\0\0\u0009\0x")]
    [InlineData("SC\u0001\0\0\u0006\0\0\0\0\0\u0001\0\0\0\u0001\u0003\0\u0001tx")]
    public async Task What_is_not_a_payload_is_a_miss_and_is_overwritten(string payload)
    {
        await using var node = _redis.CreateNode();
        await _redis.Database.StringSetAsync(_redis.Entry("k"), Encoding.Latin1.GetBytes(payload), TimeSpan.FromMinutes(1));

        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        await using var other = _redis.CreateNode();
        Assert.Equal(1, await other.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task A_payload_whose_body_is_not_the_type_is_a_miss_and_is_overwritten()
    {
        await using var node = _redis.CreateNode();
        await node.Cache.SetAsync("k", "not a number");
        await using var other = _redis.CreateNode();

        Assert.Equal(1, await other.Cache.GetOrCreateAsync("k", _factory.Next));
        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", _factory.Next));
    }

    [Fact]
    public async Task A_key_that_holds_another_Redis_type_is_a_miss_and_is_overwritten()
    {
        await using var node = _redis.CreateNode();
        await _redis.Database.HashSetAsync(_redis.Entry("k"), "field", "value");

        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        Assert.Equal(RedisType.String, await _redis.Database.KeyTypeAsync(_redis.Entry("k")));
    }

    [Fact]
    public async Task The_scripts_survive_a_flush_of_the_servers_script_cache()
    {
        await using var node = _redis.CreateNode();
        await node.Cache.SetAsync("k", 42);
        await _redis.Server.ScriptFlushAsync();
        await node.Cache.RemoveAsync("k");

        Assert.Equal(0, await _redis.Database.SortedSetLengthAsync(_redis.Entry("k")));
        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", _factory.Next));
        Assert.True(await _redis.Database.KeyExistsAsync(_redis.Entry("k")));
    }

    [Fact]
    public async Task Keys_with_braces_and_beyond_ASCII_are_entries_of_their_own()
    {
        await using var node = _redis.CreateNode();
        string[] keys = ["{a}", "a", "ä", "日本", "🦀", "a b", "a:b"];
        for (var i = 0; i < keys.Length; i++)
        {
            await node.Cache.SetAsync(keys[i], i);
        }

        await using var other = _redis.CreateNode();
        for (var i = 0; i < keys.Length; i++)
        {
            Assert.Equal(i, await other.Cache.GetOrCreateAsync(keys[i], _ => ValueTask.FromResult(-1)));
        }
    }

    [Fact]
    public async Task The_format_of_a_payload_stays_what_it_is()
    {
        await using var node = _redis.CreateNode();
        await node.TrustedAsync();
        await _redis.Database.SortedSetAddAsync(_redis.State, [new("s", 0x0102030405), new("a", 0), new("f", 0)]);
        await node.Cache.SetAsync("text", "value", tags: ["red", "ü"]);
        await node.Cache.SetAsync("null", (string?)null);

        await Verifier.Verify(new
        {
            Text = Convert.ToHexString((byte[])(await _redis.Database.StringGetAsync(_redis.Entry("text")))!),
            Null = Convert.ToHexString((byte[])(await _redis.Database.StringGetAsync(_redis.Entry("null")))!),
        });
    }

    [Fact]
    public void A_payload_comes_back_as_it_was_written() =>
        Gen.Select(Gen.Byte.Array, Gen.Bool, Gen.String[Gen.Char.AlphaNumeric, 1, 300].Array[0, 255]).Sample((body, isNull, tags) =>
        {
            var content = new Content(body, isNull, tags);
            var (head, rest) = Payload.Write(content, TimeSpan.FromMinutes(tags.Length), body.Length % 2 == 0 ? 0 : null);
            var parsed = Payload.Parse([.. head, 0, 0, 0, 0, 0, 0, 1, 2, .. rest], body.Length);
            Assert.NotNull(parsed);
            Assert.Equal(body, parsed.Content.Body.ToArray());
            Assert.Equal(isNull, parsed.Content.IsNull);
            Assert.Equal(tags, parsed.Content.Tags);
            Assert.Equal((258, TimeSpan.FromMinutes(tags.Length)), (parsed.Sequence, parsed.Grace));
        }, iter: 300);

    [Fact]
    public void A_cut_or_changed_payload_is_refused_or_read_and_never_throws()
    {
        var content = new Content(Encoding.UTF8.GetBytes("body"), IsNull: false, ["red", "round"]);
        var (head, rest) = Payload.Write(content, TimeSpan.Zero, null);
        byte[] whole = [.. head, .. new byte[8], .. rest];
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Null(Payload.Parse(whole[..length], 100));
        }

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] changed = [.. whole];
            changed[at] = value;
            Payload.Parse(changed, 100);
        });
    }
}
