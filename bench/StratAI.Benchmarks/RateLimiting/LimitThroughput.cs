namespace StratAI.Benchmarks.RateLimiting;

/// <summary>What many workers get done: three limits in one call, one hot key, buckets of the process.</summary>
internal static class LimitThroughput
{
    public static async Task RunAsync()
    {
        await using (var limits = await ThreeLimits.CreateAsync())
        {
            // A few workers wait for round trips; many wait for the cores, which Redis shares with them here.
            foreach (var workers in new[] { 1, 4, 32 })
            {
                await Rounds.CompareAsync(
                    $"requests under three limits, workers: {workers}", workers, 16_000 / (workers + 7),
                    ("three calls", limits.ApartAsync),
                    ("one call", limits.TogetherAsync),
                    ("three bare script calls", _ => limits.BareApartAsync()),
                    ("one bare script call", _ => limits.BareTogetherAsync()));
            }
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
