using StackExchange.Redis;

namespace StratAI.RateLimiting.Tests;

/// <summary>Every key must have an end of its own.</summary>
internal static class KeyLife
{
    /// <summary>Fails if a key of the prefix would stay for ever, on whichever master it is.</summary>
    /// <returns>The keys, which the caller may delete.</returns>
    public static async Task<RedisKey[]> AllExpireAsync(IConnectionMultiplexer redis, string prefix)
    {
        var (database, keys) = (redis.GetDatabase(), new List<RedisKey>());
        foreach (var server in redis.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }))
        {
            await foreach (var key in server.KeysAsync(pattern: $"*{prefix}*"))
            {
                // -1 is a key that has no end, -2 one that has ended meanwhile.
                Assert.True((long)await database.ExecuteAsync("PTTL", key) != -1, $"The key {key} stays for ever.");
                keys.Add(key);
            }
        }

        return [.. keys];
    }
}
