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
        await RunAsync(Fuzz.Times(1500), seed => new MemoryModelCluster(logCapacity: seed % 2 == 0 ? 4 : 1000));
    }

    private async Task RunAsync(int runs, Func<int, IModelCluster> create)
    {
        var first = int.Parse(Environment.GetEnvironmentVariable("STRATAI_SEED") ?? $"{Random.Shared.Next(1_000_000)}", null);
        output.WriteLine($"{runs} runs, seeds from {first}");
        var started = Stopwatch.StartNew();
        var (reads, made) = (0, 0);
        for (var seed = first; seed < first + runs; seed++)
        {
            await using var cluster = create(seed);
            var run = new CoherenceRun(cluster, seed);
            try
            {
                await run.RunAsync();
            }
            catch (ModelFailure failure)
            {
                Assert.Fail($"Seed {seed}: {failure.Message}");
            }

            (reads, made) = (reads + run.Reads, made + run.Made);
        }

        output.WriteLine($"{reads} reads, of which {made} ran a factory, in {started.Elapsed.TotalSeconds:F1} s");

        // Else nothing would have been cached, and nothing could have been stale.
        Assert.InRange(made, 1, reads / 2);
    }
}
