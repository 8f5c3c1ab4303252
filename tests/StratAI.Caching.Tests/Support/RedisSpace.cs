using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using StratAI.Caching.Redis;
using StratAI.Testing;

namespace StratAI.Caching.Tests.Support;

/// <summary>A namespace of its own in the test server, with a connection beside the caches that use it.</summary>
public sealed class RedisSpace : IAsyncLifetime
{
    private ConnectionMultiplexer _multiplexer = null!;

    public string Namespace { get; } = $"test-{Guid.NewGuid():N}";

    public IDatabase Database => _multiplexer.GetDatabase();

    public IServer Server => _multiplexer.GetServers()[0];

    internal RedisNames Names => new(new CachingOptions { Namespace = Namespace }, "");

    public RedisKey State => Names.State;

    public RedisKey Entry(string key) => Names.Of(Records.Entry(key));

    /// <summary>An instance that uses this namespace.</summary>
    public CacheNode CreateNode(
        Action<CachingOptions>? configure = null, string? endpoint = null, string? clientName = null, Action<IServiceCollection>? services = null) =>
        new(
            options =>
            {
                Configure(options, endpoint, clientName);
                configure?.Invoke(options);
            },
            services);

    /// <summary>Only the cache's own timeout may end its calls, not the client's.</summary>
    public void Configure(CachingOptions options, string? endpoint = null, string? clientName = null)
    {
        var redis = ConfigurationOptions.Parse(TestServers.Redis);
        (redis.AsyncTimeout, redis.ConnectTimeout, redis.ConnectRetry) = (60_000, 500, 1);
        redis.ClientName = clientName;
        if (endpoint is not null)
        {
            redis.EndPoints.Clear();
            redis.EndPoints.Add(endpoint);
        }

        options.Configuration = redis.ToString(includePassword: true);
        options.Namespace = Namespace;
        options.RedisTimeout = TimeSpan.FromSeconds(5);
    }

    public async Task<IReadOnlyList<RedisKey>> KeysAsync()
    {
        var keys = new List<RedisKey>();
        await foreach (var key in Server.KeysAsync(Database.Database, $"{{{Namespace}*"))
        {
            keys.Add(key);
        }

        return keys;
    }

    /// <summary>Lets time pass for the keys of this namespace.</summary>
    public async Task AgeAsync(TimeSpan by)
    {
        foreach (var key in await KeysAsync())
        {
            var remaining = await Database.KeyTimeToLiveAsync(key) - by;
            await Database.KeyExpireAsync(key, remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
        }
    }

    public async Task InitializeAsync() => _multiplexer = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);

    public async Task DisposeAsync()
    {
        await Database.KeyDeleteAsync([.. await KeysAsync()]);
        await _multiplexer.DisposeAsync();
    }
}
