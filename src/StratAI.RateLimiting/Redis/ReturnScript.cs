using StratAI.Shared.Redis;

namespace StratAI.RateLimiting.Redis;

/// <summary>
/// Gives back what one call took from buckets of one slot, because buckets of another slot refused it: only Redis Cluster needs it. What is given back
/// is never more than what was taken is still worth, so that the limits hold as if it had never been asked.
/// </summary>
/// <remarks>
/// Arguments per key: the form, when it was taken, and then of a token bucket (<c>g</c>) by how many whole microseconds its TAT was moved, of a window
/// (<c>w</c>) the permits and the segment's length, of a log (<c>l</c>) the permits; and one unused.
/// </remarks>
internal static class ReturnScript
{
    public static RedisScript Script { get; } = new(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local function text(number) return string.format('%.0f', number) end
        for i = 1, #KEYS do
          local a = i * 4 - 3
          local key, form, at, count = KEYS[i], ARGV[a], tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
          if form == 'l' then
            redis.call('LREM', key, -count, text(at))
          else
            local stored = redis.call('GET', key)
            if stored and form == 'g' then
              -- Had nothing been taken, the bucket might have been full meanwhile, and would not have grown since.
              local back = count - math.max(0, now - at)
              if back > 0 and #stored >= 8 then
                local whole = struct.unpack('<d', stored) - back
                redis.call('SET', key, struct.pack('<d', whole) .. string.sub(stored, 9), 'PXAT', text(math.ceil((whole + 1) / 1000)))
              end
            elseif stored then
              local length = tonumber(ARGV[a + 3])
              local values = {}
              for value in string.gmatch(stored, '%d+') do values[#values + 1] = value end
              local segment = 4 + (tonumber(values[3] or 0) - (at - math.fmod(at, length))) / length
              if tonumber(values[2]) == length and segment >= 4 and values[segment] then
                values[segment] = text(math.max(0, tonumber(values[segment]) - count))
                redis.call('SET', key, table.concat(values, ':'), 'KEEPTTL')
              end
            end
          end
        end
        """);
}
