using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Hybrid;
using StratAI.Caching.Internal;
using StratAI.Caching.Redis;
using StratAI.Caching.Tests.Support;

namespace StratAI.Caching.Tests.Redis;

/// <summary>Compressed payloads, and payloads of a version before.</summary>
public sealed class PayloadTests : IAsyncLifetime
{
    private const int Threshold = 100;

    private readonly RedisSpace _redis = new();
    private CacheNode _node = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _node = _redis.CreateNode(options => options.CompressionThreshold = Threshold);
        await _node.TrustedAsync();
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData(Threshold - 1, HybridCacheEntryFlags.None, false)]
    [InlineData(Threshold, HybridCacheEntryFlags.None, true)]
    [InlineData(100 * Threshold, HybridCacheEntryFlags.DisableCompression, false)]
    public async Task Bodies_from_the_threshold_on_are_compressed(int length, HybridCacheEntryFlags flags, bool compressed)
    {
        var text = new string('a', length);
        await _node.Cache.SetAsync("k", text, new() { Flags = flags });

        Assert.Equal(compressed, await StoredLengthAsync() < length);
        await using var other = _redis.CreateNode();
        Assert.Equal(text, await other.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("made")));
    }

    [Fact]
    public async Task A_body_that_does_not_get_smaller_stays_as_it_is()
    {
        var random = RandomNumberGenerator.GetBytes(10 * Threshold);
        await _node.Cache.SetAsync("k", random);

        Assert.Equal(21 + random.Length, await StoredLengthAsync());
        await using var other = _redis.CreateNode();
        Assert.Equal(random, await other.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(Array.Empty<byte>())));
    }

    [Theory]
    [InlineData("bomb")]
    [InlineData("corrupt")]
    [InlineData("cut")]
    [InlineData("empty")]
    public async Task What_cannot_be_decompressed_is_a_miss_and_is_overwritten(string what)
    {
        var body = what switch
        {
            "bomb" => Compress(new byte[64 * 1024 * 1024]),
            "corrupt" => [.. Enumerable.Repeat((byte)0xFF, 50)],
            "cut" => Compress(RandomNumberGenerator.GetBytes(1000))[..500],
            _ => [],
        };
        var (head, rest) = Payload.Write(new Content(body, IsNull: false, []), TimeSpan.Zero, null);
        head[3] = 2;

        await AssertMissAsync([.. head, .. Sequence(), .. rest]);
    }

    [Fact]
    public async Task A_payload_of_version_1_is_a_miss_and_is_overwritten()
    {
        var payload = Convert.FromHexString("534301000000000102030406000000050200037265640002C3BC76616C7565");
        Sequence().CopyTo(payload, 4);

        await AssertMissAsync(payload);
    }

    private async Task AssertMissAsync(byte[] payload)
    {
        await _redis.Database.StringSetAsync(_redis.Entry("k"), payload, TimeSpan.FromMinutes(1));
        var made = RandomNumberGenerator.GetHexString(2 * Threshold);
        Assert.Equal(made, await _node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(made)));

        // Also where the script judges, as it does in a batch.
        await _redis.Database.StringSetAsync(_redis.Entry("k"), payload, TimeSpan.FromMinutes(1));
        await using var other = _redis.CreateNode();
        await other.Cache.GetOrCreateManyAsync(["k"], key => key, (keys, _) =>
            new ValueTask<IReadOnlyDictionary<string, string>>(keys.ToDictionary(key => key, _ => made)));
        await using var third = _redis.CreateNode();
        Assert.Equal(made, await third.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult("made again")));
    }

    /// <summary>One at which an entry of now is valid.</summary>
    private byte[] Sequence()
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, _node.Internals.Local.Now.Sequence);
        return bytes;
    }

    private async Task<long> StoredLengthAsync() => await _redis.Database.StringLengthAsync(_redis.Entry("k"));

    private static byte[] Compress(byte[] body)
    {
        var compressed = new byte[body.Length + 1024];
        Assert.True(BrotliEncoder.TryCompress(body, compressed, out var written, quality: 1, window: 22));
        return compressed[..written];
    }
}
