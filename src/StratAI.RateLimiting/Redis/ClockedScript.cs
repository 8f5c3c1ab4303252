using StratAI.Shared.Redis;

namespace StratAI.RateLimiting.Redis;

/// <summary>A script that finds the time in <c>now</c>, in microseconds of the Unix epoch.</summary>
internal sealed class ClockedScript(string body)
{
    /// <summary>With the time as an additional last argument: for tests of its arithmetic.</summary>
    private readonly RedisScript _onGivenClock = new(
        """
        local now = tonumber(ARGV[#ARGV])

        """ + body);

    public RedisScript OnServerClock { get; } = new(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]

        """ + body);

    public RedisScript On(Func<long>? clock) => clock is null ? OnServerClock : _onGivenClock;
}
