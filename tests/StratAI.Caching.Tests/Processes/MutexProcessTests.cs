using System.Diagnostics;
using System.Globalization;
using StratAI.Testing;
using Xunit.Abstractions;

namespace StratAI.Caching.Tests.Processes;

/// <summary>One mutex over four processes that are killed, stopped and cut off, and a resource that refuses tokens lower than it has seen.</summary>
public sealed class MutexProcessTests(ITestOutputHelper output) : ProcessTests
{
    /// <summary>Longer than a busy machine leaves a process that nothing was done to without its turn.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_holder_that_was_stopped_past_its_lease_is_refused_and_told()
    {
        var nodes = await StartAsync(2, $"Mutex:Lease={Lease}", "Mutex:RedisTimeout=00:00:05");
        var stale = long.Parse(await nodes[0].Ask("hold name"), CultureInfo.InvariantCulture);
        await nodes[0].SignalAsync("STOP");

        var next = long.Parse(await nodes[1].Ask("hold name"), CultureInfo.InvariantCulture);
        Assert.True(next > stale);
        await nodes[0].SignalAsync("CONT");

        Assert.StartsWith("refused", await nodes[0].Ask("write name"), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await nodes[0].Ask("write name") == "refused lost", "the holder is told");
        await nodes[0].Ask("free name");
        Assert.Equal("written held", await nodes[1].Ask("write name"));
    }

    [Fact]
    public async Task A_holder_that_is_killed_is_followed_within_its_lease()
    {
        var nodes = await StartAsync(2, $"Mutex:Lease={Lease}", "Mutex:RedisTimeout=00:00:05");
        await nodes[0].Ask("hold name");
        var waiting = nodes[1].Ask("hold name");

        await nodes[0].SignalAsync("KILL");
        var began = Stopwatch.GetTimestamp();
        await waiting;

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Lease + TimeSpan.FromSeconds(2));
        Assert.Equal("written held", await nodes[1].Ask("write name"));
    }

    [Fact]
    public async Task Whatever_happens_to_its_holders_only_one_is_let_in_at_a_time()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var proxy = new TcpProxy(TestServers.Redis.Split(',')[0]);
        var healthy = await StartAsync(1, $"Mutex:Lease={Lease}", "Mutex:RedisTimeout=00:00:05");
        var victims = await StartAsync(2, $"Mutex:Lease={Lease}", "Mutex:RedisTimeout=00:00:05");
        var cutOff = await StartAsync(1, $"Mutex:Lease={Lease}", $"Mutex:Configuration={proxy.Endpoint},connectTimeout=200,connectRetry=1");

        var duration = TimeSpan.FromSeconds(12);
        var steady = healthy[0].Ask($"contend name {duration}");
        var disturbed = victims.Concat(cutOff).Select(node => node.Ask($"contend name {duration}")).ToArray();
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < duration - TimeSpan.FromSeconds(2);)
        {
            await victims[0].SignalAsync("STOP");
            if (random.Next(2) == 0)
            {
                proxy.Cut();
            }
            else
            {
                proxy.Stall();
            }

            await PassAsync(Lease * (0.5 + random.NextDouble()));
            await victims[0].SignalAsync("CONT");
            await PassAsync(Lease * random.NextDouble() * 0.5);
            proxy.Restore();
            await PassAsync(Lease * random.NextDouble() * 0.5);
        }

        await victims[1].SignalAsync("KILL");
        var answer = await steady;
        Assert.True(answer.Split(' ') is [var written, "0", _] && written != "0", $"Undisturbed it was refused or had no turn: {answer}, with seed {seed}.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => disturbed[1]);
        await disturbed[0];
        await disturbed[2];

        var counter = (await Redis.Database.HashGetAllAsync($"{{{Redis.Namespace}}}:counter")).ToDictionary(pair => (string)pair.Name!, pair => (long)pair.Value);
        output.WriteLine($"seed {seed}: written {counter["written"]}, refused {counter.GetValueOrDefault("refused")}, undisturbed {answer}");
        Assert.Equal(counter["written"], counter["counter"]);
        await Eventually.TrueAsync(async () => (await Redis.KeysAsync()).Count(key => ((string)key!).Contains(":name}", StringComparison.Ordinal)) <= 1, "the queue is gone");
        Assert.NotNull(await Redis.Database.KeyTimeToLiveAsync($"{{{Redis.Namespace}:name}}:token"));
    }

    /// <summary>Not a synchronisation: how long a holder is stopped or cut off is what is tried, below and above its lease.</summary>
    private static Task PassAsync(TimeSpan time) => Task.Delay(time);
}
