using System.Runtime.InteropServices;
using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.Testing;

namespace StratAI.RateLimiting.Tests;

public sealed class RedisLimiterTests : LimiterContract, IAsyncLifetime
{
    private static readonly RateLimitPolicy Hourly = new() { PermitLimit = 100, Window = TimeSpan.FromHours(1) };

    private readonly string _prefix = TestLimiters.NewPrefix();
    private IDatabase _database = null!;
    private IServer _server = null!;

    public async Task InitializeAsync()
    {
        var redis = await TestLimiters.Redis;
        _database = redis.GetDatabase();
        _server = redis.GetServers()[0];
    }

    public async Task DisposeAsync() => await _database.KeyDeleteAsync(await KeyLife.AllExpireAsync(await TestLimiters.Redis, _prefix));

    protected override IRateLimiters Create(Action<RateLimitingOptions> configure) => OnFakeClock(configure);

    [Fact]
    public async Task Four_instances_on_one_Redis_admit_exactly_the_limit()
    {
        var instances = Enumerable.Range(0, 4).Select(_ => NewInstance()).ToArray();

        var admitted = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var limiters = instances[worker % 4].GetRequiredService<IRateLimiters>();
            var count = 0;
            for (var i = 0; i < 40; i++)
            {
                var decision = await limiters.AcquireAsync([new("p", "ada"), new("q", "ada")]);
                Assert.False(decision.IsDegraded);
                count += decision.IsAcquired ? 1 : 0;
            }

            return count;
        })));

        Assert.Equal(100, admitted.Sum());
        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
        }
    }

    [Fact]
    public async Task Time_is_the_servers_and_every_key_expires_when_its_bucket_is_full()
    {
        await using var instance = NewInstance();
        var limiters = instance.GetRequiredService<IRateLimiters>();
        var before = await ServerMicrosAsync();
        await limiters.AcquireAsync([new("p", "ada", 50), new("q", "ada", 25), new("p", "peeked", 0)]);
        var after = await ServerMicrosAsync();

        var keys = Keys();
        Assert.Equal(2, keys.Length);
        foreach (var key in keys)
        {
            var charged = (key.ToString().Contains(":p:", StringComparison.Ordinal) ? 30 : 15) * 60_000_000L;
            var tat = (long)BitConverter.ToDouble((byte[])(await _database.StringGetAsync(key))!);
            Assert.InRange(tat, before + charged, after + charged);
            var expiry = (long)await _database.ExecuteAsync("PEXPIRETIME", key);
            Assert.Equal((tat + 999) / 1000, expiry);
        }
    }

    [Fact]
    public async Task The_script_survives_being_flushed()
    {
        await using var instance = NewInstance();
        var limiters = instance.GetRequiredService<IRateLimiters>();
        Assert.Equal(99, (await limiters.AcquireAsync([new("p", "k")])).Policies[0].Remaining);

        await _server.ScriptFlushAsync();

        var decision = await limiters.AcquireAsync([new("p", "k")]);
        Assert.False(decision.IsDegraded);
        Assert.Equal(98, decision.Policies[0].Remaining);
    }

    [Fact]
    public async Task Keys_reach_Redis_hashed_under_a_hash_tag_of_their_own()
    {
        await using var keyed = NewInstance(o => o.KeyHashSecret = "a secret of the application");
        await using var plain = NewInstance();
        foreach (var instance in (ServiceProvider[])[keyed, plain])
        {
            await instance.GetRequiredService<IRateLimiters>().AcquireAsync([new("p", "ada@example.org")]);
        }

        var names = Keys().Select(key => key.ToString()).ToArray();
        Assert.Equal(2, names.Length);
        Assert.All(names, name => Assert.Matches($"^{_prefix}:\\{{[A-Za-z0-9_-]{{22}}\\}}:p:g$", name));
    }

    [Fact]
    public async Task A_fraction_of_a_microsecond_is_kept_between_calls()
    {
        var limiters = OnFakeClock(o => o.AddPolicy("thirds", new() { PermitLimit = 3, Window = TimeSpan.FromMilliseconds(1) }));
        await limiters.AcquireAsync([new("thirds", "k")]);

        var state = MemoryMarshal.Cast<byte, double>((byte[])(await _database.StringGetAsync(Keys()[0]))!).ToArray();
        Assert.Equal([TestLimiters.Micros(Clock) + 333, 1, 3], state);
    }

    [Fact]
    public async Task A_changed_limit_keeps_the_share_that_was_used()
    {
        await OnFakeClock(o => o.AddPolicy("p", new() { PermitLimit = 3, Window = TimeSpan.FromMilliseconds(1) })).AcquireAsync([new("p", "k")]);

        var raised = OnFakeClock(o => o.AddPolicy("p", new() { PermitLimit = 300, Window = TimeSpan.FromMilliseconds(1) }));

        // A third was used, and a fraction of a microsecond is rounded against the caller.
        Assert.Equal(199, (await raised.AcquireAsync([new("p", "k", 0)])).Policies[0].Remaining);
    }

    [Fact]
    public async Task A_bucket_ahead_of_the_clock_is_empty_for_one_window_at_most()
    {
        await OnFakeClock(o => o.AddPolicy("p", new() { PermitLimit = 2, Window = TimeSpan.FromDays(1) })).AcquireAsync([new("p", "k", 2)]);

        var shortened = OnFakeClock(o => o.AddPolicy("p", new() { PermitLimit = 2, Window = TimeSpan.FromSeconds(10) }));

        Assert.Equal(TimeSpan.FromSeconds(5), (await shortened.AcquireAsync([new("p", "k")])).RetryAfter);
    }

    [Fact]
    public async Task What_is_not_a_state_counts_as_a_full_bucket()
    {
        var limiters = OnFakeClock(o => o.AddPolicy("p", Hourly));
        await limiters.AcquireAsync([new("p", "k", 100)]);
        await _database.StringSetAsync(Keys()[0], "nothing of ours", TimeSpan.FromMinutes(1));

        Assert.Equal(99, (await limiters.AcquireAsync([new("p", "k")])).Policies[0].Remaining);
    }

    [Fact]
    public void AttemptAcquire_refuses_with_a_reason_as_it_would_have_to_block()
    {
        var limiters = OnFakeClock(o => o.AddPolicy("p", Hourly));
        using var partitioned = limiters.CreatePartitioned<string>("p", key => key);

        Assert.True(limiters.IsDistributed);
        Assert.Null(partitioned.GetStatistics("k"));
        foreach (var lease in (RateLimitLease[])[limiters.Get("p", "k").AttemptAcquire(), partitioned.AttemptAcquire("k")])
        {
            Assert.False(lease.IsAcquired);
            Assert.True(lease.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
            Assert.Equal("A distributed limit is decided by AcquireAsync alone.", reason);
            Assert.False(lease.TryGetMetadata(MetadataName.RetryAfter, out _));
        }

        Assert.Empty(Keys());
    }

    [Fact]
    public async Task The_applications_own_connection_is_used_and_left_open()
    {
        var redis = await TestLimiters.Redis;
        var services = new ServiceCollection().AddSingleton<IConnectionMultiplexer>(redis);
        services.AddStratAIRateLimiting(o => o.AddPolicy("p", Hourly).KeyPrefix = _prefix);
        await using (var provider = services.BuildServiceProvider())
        {
            Assert.True((await provider.GetRequiredService<IRateLimiters>().AcquireAsync([new("p", "k")])).IsAcquired);
            Assert.Single(Keys());
        }

        Assert.True(await _database.PingAsync() > TimeSpan.Zero);
    }

    private RateLimiters OnFakeClock(Action<RateLimitingOptions> configure)
    {
        var created = TestLimiters.OnRedisAsync(Clock, o =>
        {
            o.KeyPrefix = _prefix;
            configure(o);
        });
        return created.GetAwaiter().GetResult();
    }

    private ServiceProvider NewInstance(Action<RateLimitingOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddStratAIRateLimiting(o =>
        {
            o.Configuration = TestServers.Redis;
            o.KeyPrefix = _prefix;
            // Two cores run everything at once here; what is tested is not the deadline.
            o.RedisTimeout = TimeSpan.FromSeconds(10);
            o.AddPolicy("p", Hourly).AddPolicy("q", Hourly);
            configure?.Invoke(o);
        });
        return services.BuildServiceProvider();
    }

    private RedisKey[] Keys() => [.. _server.Keys(pattern: $"{_prefix}:{{*")];

    private async Task<long> ServerMicrosAsync()
    {
        var time = (string[])(await _database.ExecuteAsync("TIME"))!;
        return (long.Parse(time[0], null) * 1_000_000) + long.Parse(time[1], null);
    }
}
