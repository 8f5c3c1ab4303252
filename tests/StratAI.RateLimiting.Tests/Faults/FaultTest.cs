using Xunit.Abstractions;

namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>
/// Several instances take permits while something happens to their Redis. Whatever that is, no call throws, each ends in time, all of them find back by
/// themselves, and no more is admitted than the limit.
/// </summary>
[Collection(nameof(FullLoad))]
public abstract class FaultTest(ITestOutputHelper output)
{
    protected const int Limit = 10_000;

    /// <summary>When it happens: the others are taken while it lasts and after it.</summary>
    protected const int Before = 1_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(250);

    /// <summary>Of the server's keys, as a server may be shared by the tests of a class.</summary>
    protected string Prefix { get; } = TestLimiters.NewPrefix();

    private protected Load StartLoad(string configuration, string kind, TimeSpan? deadline = null, int instances = 3) =>
        new(configuration, Prefix, kind, Limit, deadline ?? Deadline, instances);

    /// <summary>Something happens in the middle of the load, and passes once every instance has noticed.</summary>
    private protected async Task HappensAsync(Load load, Func<Task> happen, Func<Task> pass)
    {
        await load.TakesAsync(Before);
        await happen();
        await load.GoesWithoutAsync();
        Assert.InRange(load.Admitted, Before, Limit - 1);
        await pass();
        await EndsAsync(load);
    }

    /// <summary>Takes what is left. A call to Redis that gave no answer may have been charged: as many may be missing.</summary>
    private protected async Task EndsAsync(Load load, int forgotten = 0)
    {
        await load.IsRefusedAsync();
        await load.StopAsync();
        output.WriteLine($"admitted {load.Admitted} of {Limit}, without Redis {load.Unavailable}, without answer {load.Failures}");
        Assert.InRange(load.Admitted, Limit - load.Failures, Limit + forgotten);
    }
}
