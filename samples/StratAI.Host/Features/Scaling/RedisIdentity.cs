using StackExchange.Redis;

namespace StratAI.Host.Features.Scaling;

/// <summary>
/// Tells whether instances share a Redis under one prefix: whoever comes first leaves an id there, and all read it. Addresses would not tell, as one server
/// has many. An id that was lost, to a flush or in a failover, is put back by the first of those who know it.
/// </summary>
internal sealed class RedisIdentity(IConnectionMultiplexer redis, string prefix, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly RedisKey _key = $"{prefix}:deployment";
    private string? _known;

    /// <summary>The id, or the last known one while Redis does not answer; null before it ever has.</summary>
    public async Task<string?> ReadAsync()
    {
        try
        {
            _known = await ReadFromRedisAsync().WaitAsync(Deadline, time);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // Each feature reports by itself what it does without Redis.
        }

        return _known;
    }

    private async Task<string?> ReadFromRedisAsync()
    {
        var database = redis.GetDatabase();
        await database.StringSetAsync(_key, _known ?? Guid.NewGuid().ToString("N"), Kept, When.NotExists);
        return await database.StringGetSetExpiryAsync(_key, Kept);
    }
}
