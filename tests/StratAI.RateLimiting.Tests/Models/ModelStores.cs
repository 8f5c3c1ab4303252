using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.RateLimiting.Redis;
using StratAI.Shared.Redis;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>A store on a clock that a history moves.</summary>
internal interface IModelStore
{
    Task<LimitReply> AcquireAsync(LimitRequest[] requests, long now);

    Task RenewAsync(LimitRequest request, long now);
}

internal sealed class EmbeddedModelStore : IModelStore
{
    private readonly FakeTimeProvider _clock = new(TestLimiters.Epoch);
    private readonly EmbeddedLimitStore _store;

    public EmbeddedModelStore() => _store = new(_clock);

    public Task<LimitReply> AcquireAsync(LimitRequest[] requests, long now)
    {
        _clock.Advance(TimeSpan.FromMicroseconds(now - TestLimiters.Micros(_clock)));
        return Task.FromResult(_store.Acquire(requests));
    }

    public Task RenewAsync(LimitRequest request, long now) => AcquireAsync([request], now);
}

internal sealed class RedisModelStore : IModelStore
{
    private readonly IDatabase _database;
    private readonly RedisLimitStore _store;
    private readonly RedisKeys _names;
    private readonly HashSet<RedisKey> _keys = [];
    private long _now;

    public RedisModelStore(IConnectionMultiplexer redis)
    {
        _database = redis.GetDatabase();
        var options = new RateLimitingOptions { KeyPrefix = TestLimiters.NewPrefix(), RedisTimeout = TimeSpan.FromSeconds(30) };
        _names = new(options.KeyPrefix);
        _store = new(RedisConnection.For(redis), options, TimeProvider.System, () => _now);
    }

    public Task<LimitReply> AcquireAsync(LimitRequest[] requests, long now)
    {
        _now = now;
        _keys.UnionWith(_names.Of(requests));
        return _store.AcquireAsync(requests, CancellationToken.None);
    }

    public Task RenewAsync(LimitRequest request, long now)
    {
        _now = now;
        return _store.BeatAsync("model", TimeSpan.FromSeconds(5), [request]);
    }

    /// <summary>When Redis drops the bucket, in milliseconds; <see langword="null"/> when it has none.</summary>
    public async Task<long?> ExpiresAtAsync(LimitRequest request)
    {
        var expiry = (long)await _database.ExecuteAsync("PEXPIRETIME", _names.Of(request.Key, request.Rules.Kind));
        Assert.NotEqual(-1, expiry);
        return expiry == -2 ? null : expiry;
    }

    public Task ForgetAsync() => _database.KeyDeleteAsync([.. _keys]);
}
