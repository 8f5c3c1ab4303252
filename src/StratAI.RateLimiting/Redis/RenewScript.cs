namespace StratAI.RateLimiting.Redis;

/// <summary>
/// Renews what one process holds, any number of holds in one call; two may be in one bucket. A hold that is not there any more, after a failover or
/// a pause longer than its lease, is there again: the work it stands for goes on.
/// </summary>
/// <remarks>Arguments per key: the holder's id, the amount, and the lease in microseconds. The hash is that of <see cref="LimitScript"/>.</remarks>
internal static class RenewScript
{
    public const int ArgumentsPerKey = 3;

    public static ClockedScript Script { get; } = new(
        """
        local function text(number) return string.format('%.0f', number) end
        for i = 1, #KEYS do
          local a = i * 3 - 2
          local field, amount, ends = ':' .. ARGV[a], tonumber(ARGV[a + 1]), now + tonumber(ARGV[a + 2])
          local fields = redis.call('HMGET', KEYS[i], 's', 'e', 'l', field)
          local own = fields[4] and string.match(fields[4], ':(.+)$') or '0'
          if own ~= 'x' then
            local held, earliest, latest = tonumber(fields[1] or 0), tonumber(fields[2] or 0), tonumber(fields[3] or 0)
            -- What is there stays: an amount that was changed a moment ago is newer than this one.
            if fields[4] then amount = tonumber(own) end
            held = held - tonumber(own) + amount
            if earliest == 0 or ends < earliest then earliest = ends end
            if ends > latest then latest = ends end
            redis.call('HSET', KEYS[i], 's', text(held), 'e', text(earliest), 'l', text(latest), field, text(ends) .. ':' .. text(amount))
            redis.call('PEXPIREAT', KEYS[i], text(math.ceil(latest / 1000)))
          end
        end
        return now
        """);
}
