using System.Globalization;
using System.Threading.RateLimiting;
using StratAI.RateLimiting;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>What keys cost: each in Redis, and very many of them in Redis and in the process that asks.</summary>
internal static class LimitMemory
{
    private const int Few = 10_000;
    private const int Many = 1_000_000;
    private const int InFlight = 64;

    // A permit is 36 s, or 36 s and a seventh part of a microsecond; the buckets outlive the run, being charged forty of them.
    private const int Cost = 40;
    private static readonly RateLimitPolicy Whole = new() { PermitLimit = 100, Window = TimeSpan.FromHours(1) };
    private static readonly RateLimitPolicy Fraction = new() { PermitLimit = 70, Window = TimeSpan.FromHours(1) };

    public static async Task RunAsync()
    {
        Console.WriteLine("| in Redis, 10,000 keys | `MEMORY USAGE`, mean | largest | `used_memory`, per key |");
        Console.WriteLine("|---|---:|---:|---:|");
        await MeasureKeysAsync("token bucket, whole microseconds", Whole);
        await MeasureKeysAsync("token bucket, with a fraction", Fraction);
        await MeasureKeysAsync("fixed window", Whole with { Algorithm = RateLimitAlgorithm.FixedWindow });
        await MeasureKeysAsync("sliding window, one segment of ten in use", Whole with { Algorithm = RateLimitAlgorithm.SlidingWindow });
        await MeasureKeysAsync("sliding log, 40 permits", Whole with { Algorithm = RateLimitAlgorithm.SlidingLog });
        await MeasureKeysAsync("budget", Whole with { Algorithm = RateLimitAlgorithm.Budget });

        Console.WriteLine();
        Console.WriteLine("| 1,000,000 keys through one limiter | process, before | process, after | per key | Redis, per key |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        await MeasureRedisAsync();
        await using (var scope = Limits.Open(Whole))
        {
            await using var ours = scope.Limiters.CreatePartitioned<int>(Limits.User, KeyOf);
            await MeasureAsync("ours, in the process", ours, redis: null);
        }

        await using var framework = PartitionedRateLimiter.Create<int, string>(user => PeerBuckets.InProcess(KeyOf(user)));
        await MeasureAsync("System.Threading.RateLimiting", framework, redis: null);
    }

    private static async Task MeasureRedisAsync()
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var scope = Limits.Open(Whole, redis: redis.Connection);
        await using var limiter = scope.Limiters.CreatePartitioned<int>(Limits.User, KeyOf);
        await MeasureAsync("ours, on Redis", limiter, redis);
    }

    private static async Task MeasureKeysAsync(string name, RateLimitPolicy policy)
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var scope = Limits.Open(policy, redis: redis.Connection);
        await using var limiter = scope.Limiters.CreatePartitioned<int>(Limits.User, KeyOf);
        await TakeAsync(limiter, from: 0, count: 1);
        var before = await redis.UsedMemoryAsync();
        await TakeAsync(limiter, from: 1, count: Few);
        var used = (double)(await redis.UsedMemoryAsync() - before) / Few;

        var sizes = new List<long>();
        await foreach (var key in redis.Connection.GetServers()[0].KeysAsync(pageSize: 1_000))
        {
            sizes.Add((long)await redis.Connection.GetDatabase().ExecuteAsync("MEMORY", "USAGE", key));
        }

        Write($"| {name} | {sizes.Average():F1} B | {sizes.Max()} B | {used:F1} B |");
    }

    private static async Task MeasureAsync(string name, PartitionedRateLimiter<int> limiter, OwnRedis? redis)
    {
        // What is made once, whatever the number of keys, is made before.
        await TakeAsync(limiter, from: Many, count: Few);
        var (before, redisBefore) = (Held(), redis is null ? 0 : await redis.UsedMemoryAsync());
        await TakeAsync(limiter, from: 0, count: Many);
        var (after, redisAfter) = (Held(), redis is null ? 0 : await redis.UsedMemoryAsync());
        GC.KeepAlive(limiter);

        var perKey = (double)(after - before) / Many;
        var inRedis = redis is null ? "" : FormattableString.Invariant($"{(double)(redisAfter - redisBefore) / Many:F1} B");
        Write($"| {name} | {before / 1e6:F1} MB | {after / 1e6:F1} MB | {perKey:F1} B | {inRedis} |");
    }

    private static void Write(FormattableString row) => Console.WriteLine(row.ToString(CultureInfo.InvariantCulture));

    private static long Held() => GC.GetTotalMemory(forceFullCollection: true);

    private static string KeyOf(int user) => $"user-{user}";

    private static Task TakeAsync(PartitionedRateLimiter<int> limiter, int from, int count) => Parallel.ForEachAsync(
        Enumerable.Range(from, count),
        new ParallelOptions { MaxDegreeOfParallelism = InFlight },
        async (user, cancellationToken) =>
        {
            using var lease = await limiter.AcquireAsync(user, Cost, cancellationToken);
            if (!lease.IsAcquired)
            {
                throw new InvalidOperationException("The bucket did not admit the call.");
            }
        });
}
