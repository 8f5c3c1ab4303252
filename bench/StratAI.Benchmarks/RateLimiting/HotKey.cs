using StratAI.Benchmarks.Caching;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>All workers take from one bucket in Redis.</summary>
internal static class HotKey
{
    private const int Workers = 32;

    public static async Task RunAsync()
    {
        await using var space = await RedisSpace.OpenAsync();
        // What decides some calls without Redis is one more of these, with nothing but its policy changed, and its own prefix.
        await using var exact = Limits.Open(Limits.Ample, space.Name, space.Connection);
        await Rounds.CompareAsync($"one key, {Workers} workers", Workers, operations: 500, ("exact", Taking(exact)));
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
