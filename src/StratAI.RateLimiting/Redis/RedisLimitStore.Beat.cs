using StackExchange.Redis;
using StratAI.RateLimiting.Internal;
using StratAI.Shared.Redis;

namespace StratAI.RateLimiting.Redis;

/// <summary>What an instance sends at every beat, and what administration asks.</summary>
internal sealed partial class RedisLimitStore
{
    // Arguments of one script call are a stack of Lua's; a call of more would also keep others waiting.
    private const int RenewalsPerCall = 256;

    // Registers the instance, forgets those that have gone silent, and counts the living.
    private static readonly RedisScript BeatScript = new(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return redis.call('ZCARD', KEYS[1])
        """);

    /// <summary>Tells that the instance lives, and renews what it holds.</summary>
    /// <returns>How many instances are alive.</returns>
    public async Task<int> BeatAsync(string instance, TimeSpan lifetime, IReadOnlyList<LimitRequest> held)
    {
        var database = await _connection.GetDatabaseAsync().ConfigureAwait(false);
        var counting = BeatScript.EvaluateAsync(database, [_keys.Instances], [instance, (long)lifetime.TotalMilliseconds]);
        var calls = held
            .GroupBy(request => IsCluster(database.Multiplexer) ? request.Key.Group : default)
            .SelectMany(group => group.Chunk(RenewalsPerCall))
            .Select(chunk => (Task)RenewAsync(database, chunk));
        var all = Task.WhenAll([counting, .. calls]);
        await WithinDeadlineAsync(Completed(all), CancellationToken.None).ConfigureAwait(false);
        return (int)await counting.ConfigureAwait(false);

        static async Task<bool> Completed(Task task)
        {
            await task.ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>The instance ends: the others' shares grow at once.</summary>
    public async Task<bool> LeaveAsync(string instance)
    {
        var database = await _connection.GetDatabaseAsync().ConfigureAwait(false);
        return await WithinDeadlineAsync(database.SortedSetRemoveAsync(_keys.Instances, instance), CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Forgets a bucket: it is full from now on.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> RemoveAsync(LimitKey key, string kind, CancellationToken cancellationToken)
    {
        var database = await _connection.GetDatabaseAsync().ConfigureAwait(false);
        return await WithinDeadlineAsync(database.KeyDeleteAsync(_keys.Of(key, kind)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The keys of a policy that Redis has, read in batches from every server that is a primary.</summary>
    public async IAsyncEnumerable<LimitKey> KeysOfAsync(string policy, string kind)
    {
        var multiplexer = await _connection.GetMultiplexerAsync().ConfigureAwait(false);
        var primaries = multiplexer.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }).ToList();
        if (primaries.Count == 0)
        {
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, "No primary is connected.");
        }

        foreach (var server in primaries)
        {
            await foreach (var name in server.KeysAsync(multiplexer.GetDatabase().Database, _keys.PatternOf(policy, kind), pageSize: 500).ConfigureAwait(false))
            {
                if (_keys.Parse(name!, policy, kind) is { } key)
                {
                    yield return key;
                }
            }
        }
    }

    private Task<RedisResult> RenewAsync(IDatabase database, LimitRequest[] held)
    {
        var values = new List<RedisValue>((held.Length * RenewScript.ArgumentsPerKey) + 1);
        foreach (ref readonly var request in held.AsSpan())
        {
            values.AddRange([request.Hold!.Id, request.Hold.Amount, request.Rules.LeaseMicros]);
        }

        if (_clock is not null)
        {
            values.Add(_clock());
        }

        return RenewScript.Script.On(_clock).EvaluateAsync(database, _keys.Of(held), [.. values]);
    }
}
