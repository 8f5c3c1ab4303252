using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using StratAI.Caching.Internal;
using StratAI.Caching.Locking.Internal;
using StratAI.Shared.Redis;

namespace StratAI.Caching.Locking.Redis;

/// <summary>Outcomes in Redis: under the hash of what the work is, the fencing token in 20 digits, then the outcome.</summary>
internal sealed class RedisOutcomeStore(RedisConnection connection, MutexOptions options, TimeProvider time, ILogger logger) : IOutcomeStore
{
    private const int TokenLength = 20;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    // As text, in which tokens of one length compare as numbers do: a number in Lua is a double.
    private const string Keep = """
        local kept = redis.call('GET', KEYS[1])
        if kept and #kept > 20 and string.sub(kept, 1, 20) > ARGV[1] then return kept end
        redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2], 'PX', ARGV[3])
        return false
        """;

    public async ValueTask<byte[]?> FindAsync(string name)
    {
        try
        {
            return OutcomeOf(await CallAsync(name, static (database, key) => database.StringGetAsync(key, CommandFlags.DemandMaster)).ConfigureAwait(false));
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            if (options.Outage == MutexOutage.Refuse)
            {
                throw new MutexUnavailableException(RetryAfter, error);
            }

            logger.OutcomeNotShared(error);
            return null;
        }
    }

    public async ValueTask<byte[]?> KeepAsync(string name, long fencingToken, byte[] outcome, TimeSpan window)
    {
        RedisValue[] values = [fencingToken.ToString("D20", CultureInfo.InvariantCulture), outcome, (long)window.TotalMilliseconds];
        var newer = await CallAsync(
            name, async (database, key) => (RedisValue)await database.ScriptEvaluateAsync(Keep, [key], values, CommandFlags.DemandMaster).ConfigureAwait(false)).ConfigureAwait(false);
        return OutcomeOf(newer);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<RedisValue> CallAsync(string name, Func<IDatabase, RedisKey, Task<RedisValue>> call)
    {
        var calling = RunAsync();
        try
        {
            return await calling.WaitAsync(options.RedisTimeout, time).ConfigureAwait(false);
        }
        finally
        {
            calling.Abandon();
        }

        async Task<RedisValue> RunAsync() =>
            await call(await connection.GetDatabaseAsync().ConfigureAwait(false), $"{{{options.Namespace}:outcome:{name}}}").ConfigureAwait(false);
    }

    private static byte[]? OutcomeOf(RedisValue stored) => (byte[]?)stored is { Length: > TokenLength } bytes ? bytes[TokenLength..] : null;
}
