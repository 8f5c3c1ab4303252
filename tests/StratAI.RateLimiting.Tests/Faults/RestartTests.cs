using Xunit.Abstractions;

namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>Redis is killed and started again. What it then knows is what it had written to its disk.</summary>
public sealed class RestartTests(ITestOutputHelper output) : FaultTest(output)
{
    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task A_Redis_that_writes_before_it_answers_forgets_nothing_that_was_admitted(string kind)
    {
        await using var redis = await RedisProcess.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        await using var load = StartLoad(redis.Endpoint, kind);

        await HappensAsync(load, () => KillAsync(redis), () => redis.RestartAsync());

        Assert.Equal("", await redis.KeysWithoutExpirationAsync());
        Assert.NotEqual("0", await redis.RunAsync("DBSIZE"));
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task A_Redis_that_comes_back_from_a_snapshot_forgets_what_was_admitted_since(string kind)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var load = StartLoad(redis.Endpoint, kind);
        await load.TakesAsync(Before);
        var saved = load.Admitted;
        await redis.RunAsync("SAVE");
        await load.TakesAsync(2 * Before);

        await KillAsync(redis);
        await load.GoesWithoutAsync();
        var forgotten = load.Admitted - saved;
        await redis.RestartAsync();

        await EndsAsync(load, forgotten);
        Assert.Equal("", await redis.KeysWithoutExpirationAsync());
    }

    [Theory]
    [MemberData(nameof(LastingPolicies.EachKind), MemberType = typeof(LastingPolicies))]
    public async Task A_Redis_that_comes_back_with_nothing_begins_with_full_buckets(string kind)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var load = StartLoad(redis.Endpoint, kind);
        await load.TakesAsync(Before);

        await KillAsync(redis);
        await load.GoesWithoutAsync();
        var forgotten = load.Admitted;
        await redis.RestartAsync(keepData: false);

        await EndsAsync(load, forgotten);
        Assert.InRange(load.Admitted, Limit + 1, 2 * Limit);
        Assert.Equal("", await redis.KeysWithoutExpirationAsync());
    }

    private static Task KillAsync(RedisProcess redis)
    {
        redis.Kill();
        return Task.CompletedTask;
    }
}
