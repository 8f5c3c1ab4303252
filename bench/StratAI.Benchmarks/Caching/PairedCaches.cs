using System.Diagnostics;

namespace StratAI.Benchmarks.Caching;

/// <summary>A hit in L1 over the peers', and one in L2 over <c>StringGetAsync</c>, each pair in turns.</summary>
internal static class PairedCaches
{
    private const int Batch = 1_000;

    public static async Task RunAsync()
    {
        Console.WriteLine("| in turns | baseline | compared | ratio |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (var tags in new[] { 0, 2 })
        {
            var hits = new LocalHitOfArticleBenchmarks { Tags = tags };
            await hits.SetupAsync();
            foreach (var (name, ours) in new (string, Func<Article>)[] { ("embedded", hits.OursEmbedded), ("on Redis", hits.OursOnRedis) })
            {
                await CompareHitsAsync($"{Batch} L1 hits, {tags} tags: {name} over `IMemoryCache`", hits.MemoryCache, ours);
                await CompareHitsAsync($"{Batch} L1 hits, {tags} tags: {name} over DefaultHybridCache", hits.Microsoft, ours);
                await CompareHitsAsync($"{Batch} L1 hits, {tags} tags: {name} over FusionCache", hits.FusionCache, ours);
            }

            await hits.CleanupAsync();
        }

        await using var reads = await SharedReads.CreateAsync();
        await Paired.CompareAsync("L2 hit, not in L1: over `StringGetAsync`", reads.RawAsync, () => reads.OursNotInLocalAsync().AsTask());
        await Paired.CompareAsync("L2 hit past L1: over `StringGetAsync`", reads.RawAsync, () => reads.OursPastLocalAsync().AsTask());
        await Paired.CompareAsync("L2 hit of DefaultHybridCache: over `StringGetAsync`", reads.RawAsync, () => reads.MicrosoftAsync().AsTask());
        await Paired.CompareAsync("L2 hit of FusionCache: over `StringGetAsync`", reads.RawAsync, () => reads.FusionAsync().AsTask());
    }

    /// <summary>A single hit is shorter than the clock's tick, so each run is of a thousand: its microseconds are one hit's nanoseconds.</summary>
    private static async Task CompareHitsAsync(string name, Func<Article> baseline, Func<Article> compared)
    {
        // The pairs' own warm-up is over before the runtime has compiled such short calls a second time.
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1);)
        {
            await Repeat(baseline);
            await Repeat(compared);
        }

        await Paired.CompareAsync(name, () => Repeat(baseline), () => Repeat(compared));
    }

    private static Task Repeat(Func<Article> read)
    {
        for (var run = 0; run < Batch; run++)
        {
            read();
        }

        return Task.CompletedTask;
    }
}
