namespace StratAI.RateLimiting.Redis;

/// <summary>The one script: several buckets in one call, all charged or none.</summary>
/// <remarks>
/// A bucket is one string key. <c>1763894400000000</c> is a TAT in microseconds of the Unix epoch; <c>1763894400000000:2:7</c> is one of two sevenths
/// of a microsecond more. All numbers stay below 2^53, where Lua's doubles are exact, and are formatted by <c>%.0f</c> as Lua's own
/// formatting keeps 14 digits. The rules are those of <see cref="Internal.Gcra"/>.
/// </remarks>
internal static class GcraScript
{
    /// <summary>Arguments per key: window and limit, then the charge: microseconds, numerator, and 1 if it takes.</summary>
    public const int ArgumentsPerKey = 5;

    public const string Text =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]

        """ + Body;

    /// <summary>The same with the time, in microseconds, as an additional last argument: for tests of its arithmetic.</summary>
    public const string TextWithGivenTime =
        """
        local now = tonumber(ARGV[#ARGV])

        """ + Body;

    private const string Body =
        """
        local stored = redis.call('MGET', unpack(KEYS))
        local before, after, acquired = {}, {}, 1

        for i = 1, #KEYS do
          local a = (i - 1) * 5
          local window, limit = tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
          local us, n = now, 0
          if stored[i] then
            local whole, numerator, denominator = string.match(stored[i], '^(%d+):?(%d*):?(%d*)$')
            whole = tonumber(whole)
            if whole and whole >= now then
              us = whole
              if numerator ~= '' then
                if tonumber(denominator) == limit then n = tonumber(numerator) else us = us + 1 end
              end
            end
            if us >= now + window then us, n = now + window, 0 end
          end
          before[i] = {us, n}

          us, n = us + tonumber(ARGV[a + 3]), n + tonumber(ARGV[a + 4])
          if n >= limit then us, n = us + 1, n - limit end
          if us > now + window or (us == now + window and n > 0) then acquired = 0 end
          after[i] = {us, n}
        end

        local reply = {acquired, now}
        for i = 1, #KEYS do
          local state = before[i]
          if acquired == 1 and ARGV[i * 5] == '1' then
            state = after[i]
            local us, n = state[1], state[2]
            local value, ends = string.format('%.0f', us), us
            if n > 0 then
              value = value .. ':' .. string.format('%.0f', n) .. ':' .. ARGV[(i - 1) * 5 + 2]
              ends = us + 1
            end
            redis.call('SET', KEYS[i], value, 'PXAT', string.format('%.0f', math.ceil(ends / 1000)))
          end
          reply[#reply + 1] = state[1]
          reply[#reply + 1] = state[2]
        end
        return reply
        """;
}
