namespace StratAI.RateLimiting.Redis;

/// <summary>
/// The one script of a decision: buckets of any algorithms in one call, all charged or none, on the server's clock in microseconds.
/// </summary>
/// <remarks>
/// <para>
/// Each key has a run of arguments, which begins with its form and whether it only counts (shadow). Each is answered by four numbers: what is left,
/// microseconds until it is full, microseconds until it has room (-1: it has, -2: never, -3: when others give back), and what was taken; a token
/// bucket answers its state in place of the first two, as what is left of it takes more bits than a number of Lua has.
/// </para>
/// <list type="bullet">
/// <item><c>g</c>, a token bucket: a string of one or three doubles, little-endian: a TAT in microseconds, and where it has a fraction of one its numerator and
/// its denominator. The rules are those of <see cref="Internal.Gcra"/>. Its arguments are packed in the same way: as text, reading and writing its
/// numbers takes Redis longer than all else.</item>
/// <item><c>w</c>, a window: a string of how many segments count, their length, the start of the newest, and the counts, newest first.</item>
/// <item><c>l</c>, a log: a list of the times of permits, oldest first.</item>
/// <item><c>h</c>, permits held: a hash of <c>u</c>, what was used, in the form of a window; <c>s</c>, the sum of what is held; <c>e</c>, a time
/// before which no hold ends; <c>l</c>, when the last ends; and a field <c>:id</c> per holder of <c>end:amount</c>, or <c>end:x</c> for one that was settled.</item>
/// </list>
/// <para>
/// All numbers stay below 2^53, where Lua's doubles are exact, and are formatted by <c>%.0f</c> as Lua's own formatting keeps 14 digits.
/// </para>
/// </remarks>
internal static class LimitScript
{
    public static ClockedScript Script { get; } = new(
        """
        local call, fmod, pack, read = redis.call, math.fmod, struct.pack, struct.unpack
        -- For how long a settlement that is sent again is known to have been charged.
        local settled_for = 120000000
        local function text(number) return string.format('%.0f', number) end

        -- Tells also whether what is stored follows other rules, or a clock that was ahead, and is to be stored anew.
        local function load(stored, length, counted)
          local counts, sum, values = {}, 0, {}
          for i = 1, counted do counts[i] = 0 end
          for value in string.gmatch(stored or '', '%d+') do values[#values + 1] = tonumber(value) end
          if #values < 4 then return counts, 0, false end
          local own = values[2]
          local shift = (now - fmod(now, own) - values[3]) / own
          for i = 4, math.min(#values, values[1] + 3 - shift) do
            local at = own == length and math.max(1, i - 3 + shift) or 1
            if at <= counted then counts[at], sum = counts[at] + values[i], sum + values[i] end
          end
          return counts, sum, values[1] ~= counted or own ~= length or values[3] > now
        end

        local function leaves(counts, i, length) return now - fmod(now, length) + (#counts - i + 1) * length end

        local function until_left(counts, length, count)
          local i = #counts
          while i > 1 and count > counts[i] do
            count = count - counts[i]
            i = i - 1
          end
          return leaves(counts, i, length) - now
        end

        local function until_empty(counts, length)
          for i = 1, #counts do
            if counts[i] > 0 then return leaves(counts, i, length) - now end
          end
          return 0
        end

        local function save(counts, length)
          local last = #counts
          while last > 1 and counts[last] == 0 do last = last - 1 end
          local values = {text(#counts), text(length), text(now - fmod(now, length))}
          for i = 1, last do values[i + 3] = text(counts[i]) end
          return table.concat(values, ':')
        end

        -- A clock that stepped back keeps nothing that nobody renews for longer than the longest that anything is kept.
        local function expire(key, longest)
          local sum, earliest = 0, 0
          local all = call('HGETALL', key)
          for i = 1, #all, 2 do
            if string.sub(all[i], 1, 1) == ':' then
              local ends, amount = string.match(all[i + 1], '^(%d+):(.+)$')
              ends = tonumber(ends)
              if ends <= now then
                call('HDEL', key, all[i])
              else
                sum = sum + (tonumber(amount) or 0)
                if ends > longest then
                  ends = longest
                  call('HSET', key, all[i], text(ends) .. ':' .. amount)
                end
                if earliest == 0 or ends < earliest then earliest = ends end
              end
            end
          end
          call('HSET', key, 's', text(sum), 'e', text(earliest))
          return sum, earliest
        end

        -- Of keys that are no strings it answers nothing, and no error.
        local strings = call('MGET', unpack(KEYS))
        local found, acquired, a = {}, 1, 1
        for i = 1, #KEYS do
          local key, form, shadow = KEYS[i], ARGV[a], ARGV[a + 1] == '1'
          local s
          if form == 'g' then
            local window, limit, add_us, add_n, cost = read('<ddddd', ARGV[a + 2])
            local us, n, changed = now, 0, false
            local stored = strings[i]
            if stored and (#stored == 8 or #stored == 24) then
              local whole, numerator, denominator = read('<d', stored), 0, limit
              if #stored == 24 then whole, numerator, denominator = read('<ddd', stored) end
              if whole >= now then
                us = whole
                if denominator == limit then n = numerator elseif numerator > 0 then us, changed = us + 1, true end
              end
              if us > now + window or (us == now + window and n > 0) then us, n, changed = now + window, 0, true end
            end
            local next_us, next_n = us + add_us, n + add_n
            if next_n >= limit then next_us, next_n = next_us + 1, next_n - limit end
            s = {
              form = form, room = next_us < now + window or (next_us == now + window and next_n == 0), retry = -1, changed = changed,
              us = us, n = n, next_us = next_us, next_n = next_n, limit = limit, cost = cost
            }
            a = a + 3
          elseif form == 'w' then
            local limit, length = tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3])
            local need = math.max(1, tonumber(ARGV[a + 5]))
            local counts, sum, changed = load(strings[i], length, tonumber(ARGV[a + 4]))
            if changed and tonumber(ARGV[a + 5]) > 0 then
              if sum == 0 then
                call('DEL', key)
              else
                call('SET', key, save(counts, length), 'PXAT', text(math.ceil((now + until_empty(counts, length)) / 1000)))
              end
            end
            s = {form = form, room = true, retry = -1, counts = counts, sum = sum, limit = limit, length = length, wanted = tonumber(ARGV[a + 6])}
            local unspent, segment = tonumber(ARGV[a + 7]), (now - fmod(now, length) - tonumber(ARGV[a + 8])) / length + 1
            if unspent > 0 and s.counts[segment] then
              unspent = math.min(unspent, s.counts[segment])
              s.counts[segment], s.sum = s.counts[segment] - unspent, s.sum - unspent
            end
            s.room = s.sum + need <= limit
            if not s.room then
              s.retry = need > limit and -2 or until_left(s.counts, length, s.sum + need - limit)
            end
            a = a + 9
          elseif form == 'l' then
            local limit, window, cost = tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3]), tonumber(ARGV[a + 4])
            local need = math.max(1, cost)
            local last = tonumber(call('LINDEX', key, -1) or 0)
            if last > now and cost > 0 then
              local all = call('LRANGE', key, 0, -1)
              for j = #all, 1, -1 do
                if tonumber(all[j]) <= now then break end
                call('LSET', key, j - 1, text(now))
              end
            end
            last = math.min(last, now)
            local gone, some = 0, 0
            repeat
              local times = call('LRANGE', key, gone, gone + 63)
              some = 0
              for j = 1, #times do
                if tonumber(times[j]) > now - window then break end
                some = some + 1
              end
              gone = gone + some
            until some < 64
            s = {form = form, room = true, retry = -1, size = call('LLEN', key) - gone, limit = limit, window = window, cost = cost, last = last}
            s.room = s.size + need <= limit
            if not s.room then
              s.retry = need > limit and -2
                or math.min(now, tonumber(call('LINDEX', key, gone + s.size + need - limit - 1))) + window - now
            end
            if gone > 0 and cost > 0 then call('LTRIM', key, gone, -1) end
            a = a + 5
          else
            local limit, length, counted = tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3]), tonumber(ARGV[a + 4])
            local id, amount, charge = ARGV[a + 5], tonumber(ARGV[a + 6]), tonumber(ARGV[a + 7])
            local fields = call('HMGET', key, 'u', 's', 'e', ':' .. id, 'l')
            local held, earliest = tonumber(fields[2] or 0), tonumber(fields[3] or 0)
            local lease = tonumber(ARGV[a + 8])
            local longest = now + math.max(lease, settled_for)
            if earliest > 0 and (earliest <= now or earliest > longest) then
              held, earliest = expire(key, longest)
              fields[4] = call('HGET', key, ':' .. id)
            end
            local own = fields[4] and string.match(fields[4], ':(.+)$') or '0'
            local settled = own == 'x'
            own = tonumber(own) or 0
            if ARGV[a + 9] == '1' and fields[1] then
              -- A hold that is older than a change of the rules must not bring the old ones back.
              local own_counted, own_length = string.match(fields[1], '^(%d+):(%d+)')
              local _, own_sum = load(fields[1], tonumber(own_length), tonumber(own_counted))
              if own_sum > 0 then counted, length = tonumber(own_counted), tonumber(own_length) end
            end
            local counts, sum, changed = load(fields[1], length, counted)
            if changed and (id ~= '' or charge > 0) then
              call('HSET', key, 'u', save(counts, length))
              call('PEXPIREAT', key, text(math.ceil(math.max(tonumber(fields[5] or 0), now + until_empty(counts, length)) / 1000)))
            end
            s = {
              form = form, room = true, retry = -1, counts = counts, sum = sum, limit = limit, length = length,
              held = held, next_held = held - own + amount, earliest = earliest, latest = tonumber(fields[5] or 0),
              id = id, amount = amount, charge = charge, ends = now + (amount > 0 and lease or settled_for), settled = settled
            }
            if ARGV[a + 9] ~= '1' then
              local need = math.max(1, amount + charge)
              local must_leave = held - own + need - (limit - s.sum)
              s.room = must_leave <= 0
              if not s.room then
                s.retry = need > limit and -2 or must_leave > s.sum and -3 or until_left(s.counts, length, must_leave)
              end
            end
            a = a + 10
          end
          found[i] = s
          if not s.room and not shadow then acquired = 0 end
        end

        local reply = {acquired, now}
        for i = 1, #KEYS do
          local key, s = KEYS[i], found[i]
          local take = acquired == 1 and s.room
          local left, reset, retry, taken = 0, 0, s.retry, 0
          if s.form == 'g' then
            left, reset = s.us, s.n
            if not s.room then retry = 0 end
            if take and s.cost > 0 then
              left, reset, taken = s.next_us, s.next_n, s.cost
            end
            if taken > 0 or (s.changed and s.cost > 0) then
              local value = reset > 0 and pack('<ddd', left, reset, s.limit) or pack('<d', left)
              call('SET', key, value, 'PXAT', text(math.ceil((reset > 0 and left + 1 or left) / 1000)))
            end
          elseif s.form == 'w' then
            if take and s.wanted > 0 then
              taken = math.min(s.wanted, s.limit - s.sum)
              s.counts[1], s.sum = s.counts[1] + taken, s.sum + taken
              call('SET', key, save(s.counts, s.length), 'PXAT', text(math.ceil(leaves(s.counts, 1, s.length) / 1000)))
            end
            left, reset = math.max(0, s.limit - s.sum), until_empty(s.counts, s.length)
          elseif s.form == 'l' then
            if take and s.cost > 0 then
              taken = s.cost
              local at = text(now)
              for first = 1, taken, 1000 do
                local times = {}
                for j = 1, math.min(1000, taken - first + 1) do times[j] = at end
                call('RPUSH', key, unpack(times))
              end
              s.size, s.last = s.size + taken, now
              call('PEXPIREAT', key, text(math.ceil((now + s.window) / 1000)))
            end
            left, reset = math.max(0, s.limit - s.size), math.max(0, s.last + s.window - now)
          else
            if take and (s.amount > 0 or s.charge > 0 or s.id ~= '') then
              taken = s.amount
              local changes = {'s', text(s.next_held)}
              s.held = s.next_held
              if s.charge > 0 and not s.settled and #s.counts > 0 then
                s.counts[1], s.sum = s.counts[1] + s.charge, s.sum + s.charge
                changes[3], changes[4] = 'u', save(s.counts, s.length)
              end
              if s.id ~= '' then
                local settled = s.amount == 0 and #s.counts > 0 and (s.charge > 0 or s.settled)
                if s.amount > 0 or settled then
                  if s.earliest == 0 or s.ends < s.earliest then s.earliest = s.ends end
                  if s.ends > s.latest then s.latest = s.ends end
                  changes[#changes + 1] = ':' .. s.id
                  changes[#changes + 1] = text(s.ends) .. ':' .. (settled and 'x' or text(s.amount))
                else
                  call('HDEL', key, ':' .. s.id)
                end
              end
              -- Beside the holds and what was settled there are four fields at most.
              if s.held == 0 and s.sum == 0 and call('HLEN', key) <= 4 then
                call('DEL', key)
              else
                s.latest = math.max(s.latest, now + until_empty(s.counts, s.length))
                call('HSET', key, 'e', text(s.earliest), 'l', text(s.latest), unpack(changes))
                call('PEXPIREAT', key, text(math.ceil(s.latest / 1000)))
              end
            end
            left, reset = math.max(0, s.limit - s.sum - s.held), until_empty(s.counts, s.length)
          end
          reply[#reply + 1] = left
          reply[#reply + 1] = reset
          reply[#reply + 1] = retry
          reply[#reply + 1] = taken
        end
        return reply
        """);
}
