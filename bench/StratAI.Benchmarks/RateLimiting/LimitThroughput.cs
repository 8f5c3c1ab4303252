namespace StratAI.Benchmarks.RateLimiting;

/// <summary>What many workers get done: three limits in one call, one hot key, buckets of the process.</summary>
internal static class LimitThroughput
{
    private const int Workers = 32;

    public static async Task RunAsync()
    {
        await using (var limits = await ThreeLimits.CreateAsync())
        {
            await Rounds.CompareAsync(
                $"requests under three limits, {Workers} workers", Workers, operations: 500,
                ("three calls", limits.ApartAsync),
                ("one call", limits.TogetherAsync),
                ("three bare script calls", _ => limits.BareApartAsync()),
                ("one bare script call", _ => limits.BareTogetherAsync()));
        }

        await HotKey.RunAsync();
        await using var checks = new EmbeddedChecks();
        foreach (var threads in new[] { 1, 8 })
        {
            await Rounds.CompareAsync(
                $"checks in the process, 1,000 keys, threads: {threads}", threads, 1_000_000 / threads,
                ("System.Threading.RateLimiting", Completed(checks.Framework)),
                ("ours, `PartitionedRateLimiter`", Completed(checks.Partitioned)),
                ("ours, `AcquireAsync`", Completed(checks.Call)));
        }
    }

    private static Func<int, ValueTask> Completed(Func<int, bool> check) => run =>
    {
        check(run);
        return ValueTask.CompletedTask;
    };
}
