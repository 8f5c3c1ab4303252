using StackExchange.Redis;

namespace StratAI.Caching.Locking.Redis;

/// <summary>What Redis answered to one who asked for the mutex.</summary>
/// <param name="Held">Whether it has it.</param>
/// <param name="Token">Where it has it, its fencing token; else the last that was given out.</param>
/// <param name="OwnerLeft">Where another has it, how long that one's lease lasts.</param>
/// <param name="Asked">When it was asked for, by the monotonic clock: what Redis did, it did later.</param>
internal readonly record struct MutexAnswer(bool Held, long Token, TimeSpan OwnerLeft, long Asked)
{
    public static MutexAnswer From(RedisResult result, long asked)
    {
        var parts = (RedisResult[])result!;
        return (long)parts[0] == 1
            ? new(true, (long)parts[1], default, asked)
            : new(false, (long)parts[2], TimeSpan.FromMilliseconds(Math.Max(0, (long)parts[1])), asked);
    }
}
