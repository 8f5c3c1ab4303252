using System.Diagnostics;

namespace StratAI.Caching.Tests.Processes;

public sealed class ExpensiveKeyTests : ProcessTests
{
    /// <summary>What a loaded machine may add to a bound.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(500);

    private static readonly string[] Options = ["Default:Expensive=true", $"FactoryLease={Lease}", "MaximumStaleness=00:00:00.5"];

    [Fact]
    public async Task Ten_thousand_cold_reads_by_four_processes_run_the_factory_once()
    {
        var nodes = await StartAsync(4, "Default:Expensive=true");
        var reads = nodes.Select(node => node.Send("read k 2500")).ToArray();
        await Task.WhenAll(reads.Select(read => read.Waiting));
        var (holder, _) = await HolderAsync("k", nodes);

        await holder.Ask("open k value");

        Assert.All(await Task.WhenAll(reads.Select(read => read.Answer)), answer => Assert.Equal("value*2500", answer));
        Assert.Equal(1, await RunsAsync("k"));
    }

    [Fact]
    public async Task After_the_death_of_the_holder_one_other_process_makes_the_value_and_nobody_waits_beyond_the_lease_and_the_factory()
    {
        var nodes = await StartAsync(4, Options);
        var reads = nodes.ToDictionary(node => node, node => node.Send("read k 100"));
        await Task.WhenAll(reads.Values.Select(read => read.Waiting));
        var (dead, living) = await HolderAsync("k", nodes);

        await dead.SignalAsync("KILL");
        var killed = Stopwatch.GetTimestamp();
        var (second, _) = await HolderAsync("k", living);
        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, Lease + Margin);
        await second.Ask("open k value");
        var ended = Stopwatch.GetTimestamp();

        Assert.All(await Task.WhenAll(living.Select(node => reads[node].Answer)), answer => Assert.Equal("value*100", answer));
        Assert.InRange(Stopwatch.GetElapsedTime(ended), TimeSpan.Zero, Margin);
        Assert.Equal(2, await RunsAsync("k"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => reads[dead].Answer);
    }

    [Fact]
    public async Task A_holder_that_was_stopped_beyond_its_lease_does_not_overwrite_what_was_invalidated_and_made_meanwhile()
    {
        var nodes = await StartAsync(3, Options);
        var reads = nodes.ToDictionary(node => node, node => node.Send("read k 10"));
        await Task.WhenAll(reads.Values.Select(read => read.Waiting));
        var (stopped, living) = await HolderAsync("k", nodes);

        await stopped.SignalAsync("STOP");
        try
        {
            var (second, others) = await HolderAsync("k", living);
            await second.Ask("open k second");
            Assert.All(await Task.WhenAll(living.Select(node => reads[node].Answer)), answer => Assert.Equal("second*10", answer));
            await others[0].Ask("set k third 00:05:00");
            _ = stopped.Ask("open k first");
        }
        finally
        {
            await stopped.SignalAsync("CONT");
        }

        Assert.Equal("first*10", await reads[stopped].Answer);
        Assert.Equal("third", await stopped.Ask("get k"));
        await ReadsAsync("third", "k", living);
        Assert.Equal(2, await RunsAsync("k"));
    }
}
