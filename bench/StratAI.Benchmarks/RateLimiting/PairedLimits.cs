using System.Diagnostics;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>A check over a bare script call and over the peers, three limits, refusals, and what the middleware costs: each pair in turns.</summary>
internal static class PairedLimits
{
    private const int Batch = 1_000;
    private const int Requests = 10;

    public static async Task RunAsync()
    {
        Console.WriteLine("| in turns | baseline | compared | ratio |");
        Console.WriteLine("|---|---:|---:|---:|");
        await CompareChecksAsync();
        await CompareThreeLimitsAsync();
        await CompareEmbeddedAsync();
        await CompareRefusalsAsync();
        await CompareEndpointsAsync();
    }

    private static async Task CompareChecksAsync()
    {
        await using var checks = await SingleChecks.CreateAsync();
        await Paired.CompareAsync("one check on Redis: ours over a bare call of its script", checks.BareAsync, checks.OursAsync);
        await Paired.CompareAsync("the same as `RateLimiter`", checks.BareAsync, checks.OurLimiterAsync);
        await Paired.CompareAsync("one check on Redis: RedisRateLimiting over a bare call of our script", checks.BareAsync, checks.PeerAsync);
        await Paired.CompareAsync("one check on Redis: ours over RedisRateLimiting", checks.PeerAsync, checks.OurLimiterAsync);
        await Paired.CompareAsync("a bare call of its script over `return 1`", checks.TrivialAsync, checks.BareAsync);
    }

    private static async Task CompareThreeLimitsAsync()
    {
        await using var limits = await ThreeLimits.CreateAsync();
        Func<Task> together = () => limits.TogetherAsync(0).AsTask();
        await Paired.CompareAsync("three limits on Redis: three calls over one", together, () => limits.ApartAsync(0).AsTask());
        await Paired.CompareAsync("three limits on Redis: one call over one bare call", () => limits.BareTogetherAsync().AsTask(), together);
    }

    /// <summary>A single check is shorter than the clock's tick; of a thousand, the microseconds are one check's nanoseconds.</summary>
    private static async Task CompareEmbeddedAsync()
    {
        await using var checks = new EmbeddedChecks();
        foreach (var (name, ours) in new (string, Func<int, bool>)[]
        {
            ("`PartitionedRateLimiter`", checks.Partitioned),
            ("`AcquireAsync`", checks.Call),
        })
        {
            await CompareWarmAsync(
                $"{Batch} checks in the process: our {name} over System.Threading.RateLimiting", Repeat(checks.Framework), Repeat(ours));
        }
    }

    private static async Task CompareRefusalsAsync()
    {
        await using var refusals = await Refusals.CreateAsync();
        await Paired.CompareAsync(
            "a refusal by Redis over a bare call that is refused", refusals.BareAsync, () => refusals.RefusedAsync(refusals.OnRedis).AsTask());

        await using var checks = new EmbeddedChecks();
        foreach (var (name, local) in new[] { ("in the process", refusals.Embedded), ("remembered", refusals.Remembering) })
        {
            await CompareWarmAsync(
                $"{Batch} refusals {name} over as many admissions in the process",
                Repeat(checks.Call),
                Repeat(_ => refusals.RefusedAtOnce(local)));
        }
    }

    private static async Task CompareEndpointsAsync()
    {
        await using var endpoints = await EmptyEndpoints.StartAsync();
        foreach (var (name, limited) in new[]
        {
            ("the framework's limiter", endpoints.Framework),
            ("ours, embedded", endpoints.Embedded),
            ("the framework's middleware with RedisRateLimiting", endpoints.FrameworkOnRedis),
            ("ours, on Redis", endpoints.OnRedis),
        })
        {
            await CompareWarmAsync($"{Requests} requests: {name} over no limit", Requested(endpoints.Unlimited), Requested(limited));
        }

        await CompareWarmAsync(
            $"{Requests} requests: ours, embedded, over the framework's limiter",
            Requested(endpoints.Framework),
            Requested(endpoints.Embedded));
    }

    private static async Task CompareWarmAsync(string name, Func<Task> baseline, Func<Task> compared)
    {
        // The pairs' own warm-up is over before the runtime has compiled such short calls a second time.
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1);)
        {
            await baseline();
            await compared();
        }

        await Paired.CompareAsync(name, baseline, compared);
    }

    private static Func<Task> Repeat(Func<int, bool> check) => () =>
    {
        for (var run = 0; run < Batch; run++)
        {
            check(run);
        }

        return Task.CompletedTask;
    };

    private static Func<Task> Requested(EmptyEndpoint endpoint) => async () =>
    {
        for (var request = 0; request < Requests; request++)
        {
            await endpoint.GetAsync();
        }
    };
}
