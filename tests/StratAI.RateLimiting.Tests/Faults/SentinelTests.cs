using Xunit.Abstractions;

namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>The sentinels name the master, and put its replica in its place when it dies.</summary>
public sealed class SentinelTests(SentinelFixture sentinels, ITestOutputHelper output) : FaultTest(output), IClassFixture<SentinelFixture>, IAsyncLifetime
{
    private RedisSentinels Redis => sentinels.Redis;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Assert.NotEqual("", await Redis.Replica.RunAsync("KEYS", $"*{Prefix}*"));
        Assert.Equal("", await Redis.Replica.KeysWithoutExpirationAsync());
    }

    [Fact]
    public async Task A_failover_forgets_nothing_that_was_replicated()
    {
        // All kinds at once, as the topology has one failover in it. One instance of each: while the client looks for the new master it blocks threads of
        // the pool, and many clients in one process, which no application has, would keep the deadlines of calls from being noticed.
        var loads = LastingPolicies.Kinds.Select(kind => StartLoad(Redis.Configuration, kind, instances: 1)).ToArray();
        try
        {
            foreach (var load in loads)
            {
                await load.TakesAsync(Before);
                await load.PauseAsync();
            }

            await Redis.ReplicatedAsync();
            Redis.Master.Kill();
            Array.ForEach(loads, load => load.Resume());
            await Task.WhenAll(loads.Select(load => load.GoesWithoutAsync()));
            Assert.All(loads, load => Assert.InRange(load.Admitted, Before, Limit - 1));

            await Redis.FailedOverAsync();
            foreach (var load in loads)
            {
                await EndsAsync(load);
            }
        }
        finally
        {
            foreach (var load in loads)
            {
                await load.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Instances_that_start_before_the_sentinels_answer_find_Redis_when_they_do()
    {
        await Redis.KillSentinelsAsync();
        await using var load = StartLoad(Redis.Configuration, LastingPolicies.Kinds[0], instances: 1);
        await load.GoesWithoutAsync();

        await Redis.RestartSentinelsAsync();

        // The client asks the sentinels again less and less often.
        await load.TakesAsync(1, within: TimeSpan.FromSeconds(40));
        await EndsAsync(load);
    }
}
