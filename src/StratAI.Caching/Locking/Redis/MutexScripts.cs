using StratAI.Shared.Redis;

namespace StratAI.Caching.Locking.Redis;

/// <summary>
/// The scripts of the mutex. KEYS are those of <see cref="MutexKeys"/>: 1 the owner, 2 the last fencing token, 3 the queue, 4 until when its members keep their
/// places. ARGV are 1 the caller's id, 2 the lease, 3 for how long a place is kept, both in milliseconds, and 4 what the channels of grants begin with. The protocol is
/// described in docs/locking.md.
/// </summary>
internal static class MutexScripts
{
    private const string Issue = """
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
        local function text(number) return string.format('%.0f', number) end

        -- The clock in microseconds, unless as much was given out before: whatever the server forgot, the numbers grow. The last is kept for a day,
        -- for as long a clock that steps back does no harm.
        local function issue()
          local number = text(now)
          local last = tonumber(redis.call('SET', KEYS[2], number, 'PX', 86400000, 'GET') or '0')
          if last >= now then
            number = text(last + 1)
            redis.call('SET', KEYS[2], number, 'PX', 86400000)
          end
          return number
        end

        """;

    private const string Queue = """

        local function leave(id)
          redis.call('ZREM', KEYS[3], id)
          redis.call('HDEL', KEYS[4], id)
        end

        -- The first who still waits; the dead before it lose their places.
        local function first()
          while true do
            local id = redis.call('ZRANGE', KEYS[3], 0, 0)[1]
            if not id then return nil end
            local expires = redis.call('HGET', KEYS[4], id)
            if expires and tonumber(expires) > now then return id end
            leave(id)
          end
        end

        -- For as long as a place is kept, as the new owner may have died in it. It renews that to a whole lease.
        local function grant(id)
          leave(id)
          redis.call('SET', KEYS[1], id, 'PX', ARGV[3])
          local instance, waiter = string.match(id, '^(.*):(.*)$')
          redis.call('PUBLISH', ARGV[4] .. instance, waiter .. ':' .. issue())
        end

        local function release()
          local id = first()
          if id then grant(id) else redis.call('DEL', KEYS[1]) end
        end

        """;

    /// <summary>
    /// ARGV 5: 1 where the caller waits. Asks for the mutex, and again while waiting, which keeps the caller's place. Answers (1, the fencing token) where the
    /// caller has it; else 0, the milliseconds the owner's lease has left, and the last fencing token given out.
    /// </summary>
    public static readonly RedisScript Acquire = new(Issue + """
        if redis.call('EXISTS', KEYS[1], KEYS[3]) == 0 then
          redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
          return {1, issue()}
        end

        """ + Queue + """
        local owner = redis.call('GET', KEYS[1])
        if owner == ARGV[1] then
          redis.call('PEXPIRE', KEYS[1], ARGV[2])
          return {1, redis.call('GET', KEYS[2]) or issue()}
        end
        local waits = ARGV[5] == '1'
        if not owner then
          local id = first()
          if not id or id == ARGV[1] then
            if id then leave(id) end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return {1, issue()}
          end
          grant(id)
        end
        if waits then
          if not redis.call('ZSCORE', KEYS[3], ARGV[1]) then
            local last = redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')[2]
            redis.call('ZADD', KEYS[3], text(last and tonumber(last) + 1 or 1), ARGV[1])
          end
          redis.call('HSET', KEYS[4], ARGV[1], text(now + tonumber(ARGV[3]) * 1000))
          redis.call('PEXPIRE', KEYS[3], ARGV[3])
          redis.call('PEXPIRE', KEYS[4], ARGV[3])
        end
        return {0, redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[2]) or '0'}
        """);

    /// <summary>Answers 1 while the caller owns it, and lengthens its lease.</summary>
    public static readonly RedisScript Renew = new("""
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        """);

    /// <summary>Gives it to the first who waits, if the caller owns it.</summary>
    public static readonly RedisScript Release = new("""
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        if redis.call('EXISTS', KEYS[3]) == 0 then return redis.call('DEL', KEYS[1]) end

        """ + Issue + Queue + """
        release()
        return 1
        """);

    /// <summary>The caller neither waits nor owns it from now on.</summary>
    public static readonly RedisScript Leave = new(Issue + Queue + """
        leave(ARGV[1])
        if redis.call('GET', KEYS[1]) == ARGV[1] then release() end
        return 1
        """);
}
