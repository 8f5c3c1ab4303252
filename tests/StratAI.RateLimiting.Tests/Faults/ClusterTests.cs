using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>Wherever on a cluster the buckets are, calls over several of them take from all or from none, and none gives more than its limit.</summary>
[Collection(nameof(FullLoad))]
public sealed class ClusterTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private const int Wide = 1_000;
    private const int Narrow = 300;

    // So many that they are on different masters wherever keys have slots of their own.
    private static readonly string[] Keys = [.. Enumerable.Range(0, 8).Select(i => $"key {i}")];

    private readonly string _prefix = TestLimiters.NewPrefix();
    private readonly List<ServiceProvider> _instances = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        await using var redis = await ConnectionMultiplexer.ConnectAsync(cluster.Redis.Configuration);
        Assert.NotEmpty(await KeyLife.AllExpireAsync(redis, _prefix));
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task Several_policies_of_one_key_are_charged_together_or_not_at_all(string kind)
    {
        var limiters = NewInstance(kind);
        RateLimitCheck[] both = [new("wide", "ada", 200), new("narrow", "ada", 200)];
        Assert.True((await DecideAsync(limiters, both)).IsAcquired);

        var refused = await DecideAsync(limiters, both);

        Assert.Equal(RateLimitOutcome.QuotaExceeded, refused.Outcome);
        Assert.Equal([false, true], refused.Policies.Select(policy => policy.Violated));
        Assert.Equal((Wide - 200, Narrow - 200), (await LeftAsync(limiters, "wide", "ada"), await LeftAsync(limiters, "narrow", "ada")));
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task Several_keys_are_charged_together_or_not_at_all(string kind)
    {
        var limiters = NewInstance(kind);
        // Whatever the order in which a call goes to the masters, the one that refuses is among the first and among the last.
        for (var empty = 0; empty < Keys.Length; empty++)
        {
            string[] keys = [.. Keys.Select(key => $"{key} where {empty} is empty")];
            Assert.True((await DecideAsync(limiters, new RateLimitCheck("narrow", keys[empty], Narrow))).IsAcquired);

            var refused = await DecideAsync(limiters, [.. keys.Select(key => new RateLimitCheck("narrow", key, 10))]);

            Assert.Equal(RateLimitOutcome.QuotaExceeded, refused.Outcome);
            Assert.Equal(keys.Select((_, i) => i == empty), refused.Policies.Select(policy => policy.Violated));
            for (var i = 0; i < keys.Length; i++)
            {
                Assert.Equal(i == empty ? 0 : Narrow, await LeftAsync(limiters, "narrow", keys[i]));
            }
        }

        RateLimitCheck[] all = [.. Keys.Select(key => new RateLimitCheck("narrow", key, 10))];
        Assert.True((await DecideAsync(limiters, all)).IsAcquired);
        Assert.All(await Task.WhenAll(Keys.Select(key => LeftAsync(limiters, "narrow", key))), left => Assert.Equal(Narrow - 10, left));
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task Four_instances_at_once_take_no_more_than_each_limit_and_only_what_they_were_given(string kind)
    {
        var instances = Enumerable.Range(0, 4).Select(_ => NewInstance(kind)).ToArray();
        var taken = new int[Keys.Length];

        await Task.WhenAll(instances.Select((limiters, i) => Task.Run(async () =>
        {
            // Each takes of two keys, of which it shares one with the next.
            var (own, shared) = (i, (i + 1) % instances.Length);
            for (var call = 0; call < 2 * Narrow; call++)
            {
                if ((await DecideAsync(limiters, new("narrow", Keys[own]), new("narrow", Keys[shared]), new("wide", Keys[own]))).IsAcquired)
                {
                    Interlocked.Increment(ref taken[own]);
                    Interlocked.Increment(ref taken[shared]);
                }
            }
        })));

        for (var i = 0; i < instances.Length; i++)
        {
            Assert.InRange(taken[i], 1, Narrow);
            Assert.Equal(Narrow - taken[i], await LeftAsync(instances[0], "narrow", Keys[i]));
        }
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task Four_instances_at_once_take_exactly_the_limit_of_a_key(string kind)
    {
        var instances = Enumerable.Range(0, 4).Select(_ => NewInstance(kind)).ToArray();

        var taken = await Task.WhenAll(instances.SelectMany(_ => Keys, (limiters, key) => Task.Run(async () =>
        {
            var count = 0;
            for (var call = 0; call < Narrow; call++)
            {
                count += (await DecideAsync(limiters, new("narrow", key), new("wide", key))).IsAcquired ? 1 : 0;
            }

            return (key, count);
        })));

        Assert.All(taken.AggregateBy(one => one.key, 0, (sum, one) => sum + one.count), key => Assert.Equal(Narrow, key.Value));
    }

    private IRateLimiters NewInstance(string kind)
    {
        var services = new ServiceCollection().AddStratAIRateLimiting(options =>
        {
            options.Configuration = cluster.Redis.Configuration;
            options.KeyPrefix = _prefix;
            // What is tested is not the deadline.
            options.RedisTimeout = TimeSpan.FromSeconds(30);
            options.AddPolicy("wide", LastingPolicies.Create(kind, Wide)).AddPolicy("narrow", LastingPolicies.Create(kind, Narrow));
        }).Services.BuildServiceProvider();
        _instances.Add(services);
        return services.GetRequiredService<IRateLimiters>();
    }

    private static async Task<RateLimitDecision> DecideAsync(IRateLimiters limiters, params RateLimitCheck[] checks)
    {
        var decision = await limiters.AcquireAsync(checks);
        Assert.False(decision.IsDegraded);
        return decision;
    }

    private static async Task<long> LeftAsync(IRateLimiters limiters, string policy, string key) =>
        (await DecideAsync(limiters, new RateLimitCheck(policy, key, 0))).Policies[0].Remaining!.Value;
}
