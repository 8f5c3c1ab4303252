using Xunit.Abstractions;
using static StratAI.RateLimiting.RateLimitAlgorithm;

namespace StratAI.RateLimiting.Tests.Models;

/// <summary>
/// Random histories on both stores, every number of every answer compared with a model of each algorithm that is written from its documentation.
/// </summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int AtOnce = 24;

    /// <summary>Name, algorithms, whether the rules change meanwhile, and how many histories.</summary>
    public static TheoryData<string, RateLimitAlgorithm[], bool, int> Kinds => new()
    {
        { "token buckets", [TokenBucket], false, 1200 },
        { "fixed windows", [FixedWindow], false, 1000 },
        { "sliding windows", [SlidingWindow], false, 1500 },
        { "logs", [SlidingLog], false, 1000 },
        { "concurrency", [Concurrency], false, 1200 },
        { "budgets", [Budget], false, 1200 },
        { "sliding budgets", [SlidingBudget], false, 1200 },
        { "all mixed", [TokenBucket, FixedWindow, SlidingWindow, SlidingLog, Concurrency, Budget, SlidingBudget], false, 1500 },
        { "all mixed, with changes", [TokenBucket, FixedWindow, SlidingWindow, SlidingLog, Concurrency, Budget, SlidingBudget], true, 1200 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_script_and_its_twin_decide_as_the_model(string kind, RateLimitAlgorithm[] algorithms, bool hasChanges, int histories)
    {
        var redis = await TestLimiters.Redis;
        await RunAsync(kind, algorithms, hasChanges, Fuzz.Times(histories), AtOnce, () => [new EmbeddedModelStore(), new RedisModelStore(redis)]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task The_process_decides_as_the_model(string kind, RateLimitAlgorithm[] algorithms, bool hasChanges, int histories) =>
        RunAsync(kind, algorithms, hasChanges, Fuzz.Times(histories * 3), workers: 2, () => [new EmbeddedModelStore()]);

    private async Task RunAsync(
        string kind, RateLimitAlgorithm[] algorithms, bool hasChanges, int histories, int workers, Func<IModelStore[]> create)
    {
        output.WriteLine($"{kind}: {histories} histories, seeds from {Fuzz.FirstSeed}");
        var (next, admitted, refused) = (Fuzz.FirstSeed - 1, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var seed && seed < Fuzz.FirstSeed + histories)
            {
                var replay = new Replay(new(seed, algorithms, hasChanges), create());
                try
                {
                    await replay.RunAsync();
                }
                catch
                {
                    Interlocked.Add(ref next, histories);
                    throw;
                }

                Interlocked.Add(ref admitted, replay.Admitted);
                Interlocked.Add(ref refused, replay.Refused);
            }
        })));

        output.WriteLine($"{admitted} calls admitted, {refused} refused");
        // Else most of a history would say nothing.
        Assert.InRange(refused, admitted / 10, admitted * 3);
    }
}
