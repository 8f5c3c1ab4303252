using System.Diagnostics;
using StratAI.Caching.Tests.Support;
using Xunit.Abstractions;

namespace StratAI.Caching.Tests.Coherence;

/// <summary>
/// No read returns a value older than the last invalidation acknowledged more than <c>MaximumStaleness</c> before, whatever happens to messages, links and the server. The
/// output names the seed of the first run; STRATAI_SEED sets it, and STRATAI_FUZZ=20 makes it twenty times as many runs.
/// </summary>
public sealed class CoherenceModelTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_fails_no_read_is_older_than_the_bound_on_a_server_in_memory()
    {
        await RunAsync(Fuzz.Times(1200), (seed, _) => Task.FromResult<IModelCluster>(new MemoryModelCluster(LogCapacity(seed))), workers: 1);
    }

    [Fact]
    public async Task Whatever_fails_no_read_is_older_than_the_bound_on_Redis()
    {
        await using var servers = new ModelServers();
        await servers.StartAsync();
        await RunAsync(Fuzz.Times(1000), (seed, worker) => servers.CreateAsync(seed, worker, LogCapacity(seed)), ModelServers.Workers);
    }

    /// <summary>In every other run the record of invalidations forgets nearly all of them.</summary>
    private static int LogCapacity(int seed) => seed % 2 == 0 ? 4 : 1000;

    private async Task RunAsync(int runs, Func<int, int, Task<IModelCluster>> create, int workers)
    {
        var first = int.Parse(Environment.GetEnvironmentVariable("STRATAI_SEED") ?? $"{Random.Shared.Next(1_000_000)}", null);
        output.WriteLine($"{runs} runs, seeds from {first}");
        var started = Stopwatch.StartNew();
        var (reads, made, next) = (0, 0, first - 1);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(WorkAsync));

        output.WriteLine($"{reads} reads, of which {made} ran a factory, in {started.Elapsed.TotalSeconds:F1} s");

        // Else nothing would have been cached, and nothing could have been stale.
        Assert.InRange(made, 1, reads / 2);

        async Task WorkAsync(int worker)
        {
            while (Interlocked.Increment(ref next) is var seed && seed < first + runs)
            {
                await using var cluster = await create(seed, worker);
                var run = new CoherenceRun(cluster, seed);
                try
                {
                    await run.RunAsync();
                }
                catch (Exception failure)
                {
                    Interlocked.Add(ref next, runs);
                    Assert.Fail($"Seed {seed}, worker {worker}: {(failure is ModelFailure ? failure.Message : $"{failure}\n{run.Trace}")}");
                }

                Interlocked.Add(ref reads, run.Reads);
                Interlocked.Add(ref made, run.Made);
            }
        }
    }
}
