using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.Caching.Locking;
using StratAI.Caching.Locking.Internal;
using StratAI.Caching.Locking.Redis;
using StratAI.Caching.Tests.Support;
using StratAI.Shared.Redis;
using StratAI.Testing;

namespace StratAI.Caching.Tests.Locking;

public sealed class EmbeddedCoordinatorTests : CoordinatorContract
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public async Task What_has_expired_is_cleared_away_and_a_newer_outcome_stays()
    {
        var store = new EmbeddedOutcomeStore(_time);
        for (var i = 0; i < 100; i++)
        {
            await store.KeepAsync($"{i}", 1, [1], TimeSpan.FromSeconds(1));
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await store.KeepAsync("name", 5, [5], TimeSpan.FromSeconds(1)));
        Assert.Equal(1, store.Count);
        Assert.Equal([5], await store.KeepAsync("name", 4, [4], TimeSpan.FromSeconds(1)));
        Assert.Equal([5], await store.FindAsync("name"));
    }

    protected override CoordinatorNode CreateNode(IDataProtectionProvider? protection) => new(_ => { }, _time, protection);

    protected override CoordinatorNode CreatePeer() => Node;

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}

public sealed class RedisCoordinatorTests : CoordinatorContract
{
    private readonly RedisSpace _redis = new();

    public override async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        foreach (var key in await _redis.KeysAsync())
        {
            // Gone meanwhile is as good as expiring.
            Assert.False(await _redis.Database.KeyExistsAsync(key) && await _redis.Database.KeyTimeToLiveAsync(key) is null, $"{key} never expires.");
        }

        await base.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_secret_is_read_neither_from_redis_nor_by_other_keys_and_no_name_gives_the_key_away()
    {
        var secret = new CoordinationOptions { Secret = true };
        await Node.Coordinator.CoordinateAsync("ada@example.org", (_, _) => new ValueTask<string>("hunter2"), secret);
        await Node.Coordinator.CoordinateAsync("ada@example.org/plain", (_, _) => new ValueTask<string>("in-the-clear"));

        var stored = new List<string>();
        foreach (var key in await _redis.KeysAsync())
        {
            Assert.DoesNotContain("example", key.ToString(), StringComparison.Ordinal);
            if (await _redis.Database.KeyTypeAsync(key) == RedisType.String)
            {
                stored.Add(Encoding.Latin1.GetString((byte[])(await _redis.Database.StringGetAsync(key))!));
            }
        }

        Assert.Contains(stored, text => text.Contains("in-the-clear", StringComparison.Ordinal));
        Assert.DoesNotContain(stored, text => text.Contains("hunter2", StringComparison.Ordinal));

        await using var stranger = CreateNode(new EphemeralDataProtectionProvider());
        Assert.Equal("own", await stranger.Coordinator.CoordinateAsync("ada@example.org", (_, _) => new ValueTask<string>("own"), secret));
    }

    [Fact]
    public async Task What_was_put_in_the_place_of_a_secret_counts_as_not_there()
    {
        await Node.Coordinator.CoordinateAsync("key", (_, _) => new ValueTask<string>("forged"));
        var secret = new CoordinationOptions { Secret = true };
        Assert.Equal("real", await Peer.Coordinator.CoordinateAsync("key", (_, _) => new ValueTask<string>("real"), secret));

        await _redis.Database.StringSetAsync(OutcomeKey("key"), "anything", TimeSpan.FromMinutes(1));
        Assert.Equal("again", await Peer.Coordinator.CoordinateAsync("key", (_, _) => new ValueTask<string>("again"), secret));
    }

    [Fact]
    public async Task A_newer_outcome_is_not_overwritten_by_an_older_holders()
    {
        var options = new MutexOptions { Namespace = _redis.Namespace, RedisTimeout = TimeSpan.FromSeconds(5) };
        await using var connection = RedisConnection.For(_redis.Database.Multiplexer);
        var store = new RedisOutcomeStore(connection, options, TimeProvider.System, NullLogger.Instance);
        var window = TimeSpan.FromMinutes(1);

        Assert.Null(await store.KeepAsync("name", 9_007_199_254_740_993, [2], window));
        Assert.Equal([2], await store.KeepAsync("name", 9_007_199_254_740_992, [1], window));
        Assert.Equal([2], await store.FindAsync("name"));
        await _redis.Server.ScriptFlushAsync();
        Assert.Null(await store.KeepAsync("name", 9_007_199_254_740_994, [3], window));
        Assert.Equal([3], await store.FindAsync("name"));
    }

    [Fact]
    public async Task A_holder_that_is_killed_passes_the_turn_on()
    {
        await using var node = await NodeProcess.StartAsync(
            _redis, TimeSpan.Zero, $"Mutex:Namespace={_redis.Namespace}", $"Mutex:Configuration={TestServers.Redis}", "Mutex:Lease=00:00:00.5", "Mutex:RedisTimeout=00:00:05");
        await node.Ask($"hold {MutexName("key")}");
        var waiting = Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? Node : Peer).Coordinator.CoordinateAsync("key", CountAsync).AsTask()).ToArray();

        await node.SignalAsync("KILL");

        Assert.All(await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(15)), value => Assert.Equal(1, value));
        // The resource that the node works on, not the mutex's.
        await _redis.Database.KeyDeleteAsync($"{{{_redis.Namespace}}}:counter");
    }

    [Fact]
    public async Task Without_redis_it_refuses_or_coordinates_this_process()
    {
        await using var refusing = CreateNode(Unreachable);
        var error = await Assert.ThrowsAsync<MutexUnavailableException>(() => refusing.Coordinator.CoordinateAsync("key", CountAsync).AsTask());
        Assert.True(error.RetryAfter > TimeSpan.Zero);

        await using var local = CreateNode(options =>
        {
            Unreachable(options);
            options.Outage = MutexOutage.Local;
        });
        var values = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => local.Coordinator.CoordinateAsync("key", CountAsync).AsTask()));
        Assert.All(values, value => Assert.Equal(1, value));

        static void Unreachable(MutexOptions options) => (options.Configuration, options.RedisTimeout) =
            ("127.0.0.1:1,connectTimeout=100,connectRetry=1", TimeSpan.FromMilliseconds(100));
    }

    protected override CoordinatorNode CreateNode(IDataProtectionProvider? protection) => CreateNode(_ => { }, protection);

    protected override CoordinatorNode CreatePeer() => CreateNode(Protection);

    protected override Task PassAsync(TimeSpan time) => _redis.AgeAsync(time);

    private CoordinatorNode CreateNode(Action<MutexOptions> configure, IDataProtectionProvider? protection = null) => new(
        options =>
        {
            (options.Configuration, options.Namespace) = ($"{TestServers.Redis},asyncTimeout=60000", _redis.Namespace);
            options.RedisTimeout = TimeSpan.FromSeconds(5);
            configure(options);
        },
        protection: protection);

    private RedisKey OutcomeKey(string key) => $"{{{_redis.Namespace}:outcome:{Hash(key)}}}";

    private static string MutexName(string key) => "outcome:" + Hash(key);

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
