using StratAI.Benchmarks.Caching;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>All workers take from one bucket in Redis.</summary>
internal static class HotKey
{
    private const int Workers = 32;

    public static async Task RunAsync()
    {
        await using var space = await RedisSpace.OpenAsync();
        await using var exact = Limits.Open(Limits.Windowed, space.Name, space.Connection);
        await using var blocks = Limits.Open(Limits.Windowed with { BlockSize = 1_000 }, space.Name, space.Connection);
        await Rounds.CompareAsync($"one key, {Workers} workers", Workers, operations: 500, ("exact", Taking(exact)));
        await Rounds.CompareAsync($"the same in blocks of 1,000", Workers, operations: 50_000, ("blocks", Taking(blocks)));
    }

    private static Func<int, ValueTask> Taking(LimiterScope scope)
    {
        var limiter = scope.Limiters.Get(Limits.User, Limits.Key);
        return async _ =>
        {
            using var lease = await limiter.AcquireAsync();
            if (!lease.IsAcquired)
            {
                throw new InvalidOperationException("The bucket did not admit the call.");
            }
        };
    }
}
