namespace StratAI.Caching.Redis;

/// <summary>
/// The scripts that order what instances do. KEYS are always the state, the key log, then records; ARGV 1 to 3 are the lifetime of
/// the first two in milliseconds, the most names either holds, and the channel. The protocol is described in docs/caching.md.
/// </summary>
internal static class Scripts
{
    /// <summary>
    /// Members of the state: <c>s</c> the sequence; <c>a</c> the sequence before which every entry is invalid; <c>f</c> the same for
    /// entries with tags; <c>@id</c> the server that keeps it; <c>:tag</c> the tag's last invalidation. Of the key log: <c>f</c> and <c>:key</c>.
    /// </summary>
    private const string Common = """
        local function text(number) return string.format('%.0f', number) end

        local function server()
          local info = redis.pcall('INFO', 'server')
          -- Where asking is not permitted all servers count as one.
          return '@' .. (type(info) == 'string' and string.match(info, 'run_id:(%x+)') or '')
        end

        -- The clock in microseconds is higher than any sequence there was before, so that entries and fills from before compare as
        -- older, and are refused, as nobody knows what was invalidated since.
        local function begin(least)
          local time = redis.call('TIME')
          local first = text(math.max(least, tonumber(time[1]) * 1000000 + tonumber(time[2])))
          redis.call('DEL', KEYS[1], KEYS[2])
          redis.call('ZADD', KEYS[1], first, 's', first, 'a', first, 'f', first, server())
          redis.call('ZADD', KEYS[2], first, 'f')
          redis.call('PEXPIRE', KEYS[1], ARGV[1])
          redis.call('PEXPIRE', KEYS[2], ARGV[1])
          return tonumber(first)
        end

        local function current()
          local sequence = redis.call('ZSCORE', KEYS[1], 's')
          return sequence and tonumber(sequence) or begin(0)
        end

        local function score(log, member)
          local found = redis.call('ZSCORE', log, member)
          return found and tonumber(found)
        end

        local function advance()
          current()
          redis.call('PEXPIRE', KEYS[1], ARGV[1])
          return tonumber(redis.call('ZINCRBY', KEYS[1], 1, 's'))
        end

        -- The server may evict the key log alone; what it knew is then unknown up to now.
        local function keyfloor(sequence)
          local floor = score(KEYS[2], 'f')
          if floor then return floor end
          redis.call('DEL', KEYS[2])
          redis.call('ZADD', KEYS[2], text(sequence), 'f')
          redis.call('PEXPIRE', KEYS[2], ARGV[1])
          return sequence
        end

        local function log(key, name, sequence)
          redis.call('ZADD', key, text(sequence), ':' .. name)
          local excess = redis.call('ZCARD', key) - tonumber(ARGV[2])
          if excess > 0 then
            -- The floors and the server are among the lowest scores, hence three more.
            local oldest = redis.call('ZRANGE', key, 0, excess + 2, 'WITHSCORES')
            for i = 1, #oldest, 2 do
              if string.sub(oldest[i], 1, 1) == ':' then
                redis.call('ZADD', key, oldest[i + 1], 'f')
                redis.call('ZREM', key, oldest[i])
              end
            end
          end
        end

        local function logkey(name, sequence)
          keyfloor(sequence)
          log(KEYS[2], name, sequence)
          redis.call('PEXPIRE', KEYS[2], ARGV[1])
        end

        local function store(entry, sequence, head, rest, lifetime)
          redis.call('SET', entry, head .. struct.pack('>I8', sequence) .. rest, 'PX', lifetime)
        end

        local function publish(sequence, body)
          redis.call('PUBLISH', ARGV[3], text(sequence) .. ':' .. body)
        end

        -- Of an entry: its payload unless it was invalidated, '' where there is none; and the milliseconds it lives on. What is no payload
        -- of this version is answered as ('', 0), no entry as ('', -2).
        local function judge(entry, sequence)
          local payload = redis.pcall('GET', entry)
          if not payload then return '', -2 end
          if type(payload) ~= 'string' or #payload < 21 or string.sub(payload, 1, 3) ~= 'SC\2' then return '', 0 end
          local made = struct.unpack('>I8', payload, 5)
          if made > sequence or made < score(KEYS[1], 'a') then return '', -2 end
          local tags, at = string.byte(payload, 21), 22
          if tags > 0 and made < score(KEYS[1], 'f') then return '', -2 end
          for i = 1, tags do
            if at + 1 > #payload then return '', 0 end
            local length = struct.unpack('>I2', payload, at)
            local invalidated = score(KEYS[1], ':' .. string.sub(payload, at + 2, at + 1 + length))
            if invalidated and invalidated > made then return '', -2 end
            at = at + 2 + length
          end
          return payload, redis.call('PTTL', entry)
        end

        -- Whether a value made since then may have been invalidated; its tags are ARGV from the given one on.
        local function outdated(made, key, tags)
          local sequence = current()
          if made > sequence or made < score(KEYS[1], 'a') or made < keyfloor(sequence) then return true end
          local removed = score(KEYS[2], ':' .. key)
          if removed and removed > made then return true end
          if #ARGV >= tags and made < score(KEYS[1], 'f') then return true end
          for i = tags, #ARGV do
            local invalidated = score(KEYS[1], ':' .. ARGV[i])
            if invalidated and invalidated > made then return true end
          end
          return false
        end

        -- An invalidation, which the session of KEYS 3 must see on its next request, wherever that arrives.
        local function invalidate(body, remember)
          local sequence = advance()
          if tonumber(remember) > 0 then redis.call('SET', KEYS[3], text(sequence), 'PX', remember) end
          publish(sequence, body)
          return sequence
        end

        """;

    /// <summary>KEYS 3.. entries. Answers the sequence, then the payload and the remaining milliseconds of each; see <c>judge</c>.</summary>
    public const string Read = Common + """
        local answer = {current()}
        for i = 3, #KEYS do
          answer[#answer + 1], answer[#answer + 2] = judge(KEYS[i], answer[1])
        end
        return answer
        """;

    /// <summary>
    /// KEYS 3 the entry, 4 its lease; ARGV 4 token, 5 the lease's milliseconds, 6 how long an entry must live on to do, in milliseconds. Answers like
    /// <see cref="Read"/>, and 2 where the entry does, 1 where the lease was taken, 0 where another holds it, then its remaining milliseconds.
    /// </summary>
    public const string Claim = Common + """
        local sequence = current()
        local payload, left = judge(KEYS[3], sequence)
        if payload ~= '' and (left < 0 or left - struct.unpack('>I4', payload, 17) >= tonumber(ARGV[6])) then
          return {sequence, payload, left, 2, 0}
        end
        if redis.call('SET', KEYS[4], ARGV[4], 'NX', 'PX', ARGV[5]) then return {sequence, payload, left, 1, 0} end
        return {sequence, payload, left, 0, redis.call('PTTL', KEYS[4])}
        """;

    /// <summary>KEYS 3 the lease; ARGV 4 token, 5 milliseconds. Answers 1 while it is held by the token.</summary>
    public const string Renew = """
        if redis.call('GET', KEYS[3]) ~= ARGV[4] then return 0 end
        return redis.call('PEXPIRE', KEYS[3], ARGV[5])
        """;

    /// <summary>KEYS 3 the lease; ARGV 4 token, 5 message body. Ends the lease and tells those who wait for it, unless another holds it by now.</summary>
    public const string Release = """
        if redis.call('GET', KEYS[3]) ~= ARGV[4] then return 0 end
        redis.call('DEL', KEYS[3])
        redis.call('PUBLISH', ARGV[3], '0:' .. ARGV[5])
        return 1
        """;

    /// <summary>KEYS 3 the entry; ARGV 4 the sequence the value was made since, 5 head, 6 rest, 7 lifetime, 8 key, 9.. tags. Answers 1 when stored.</summary>
    public const string Fill = Common + """
        local made = tonumber(ARGV[4])
        if outdated(made, ARGV[8], 9) then return 0 end
        store(KEYS[3], made, ARGV[5], ARGV[6], ARGV[7])
        return 1
        """;

    /// <summary>ARGV 4 the stamp of a value, 5 key, 6.. tags. Answers 1 where nothing of it was invalidated since.</summary>
    public const string Verify = Common + """
        return outdated(tonumber(ARGV[4]), ARGV[5], 6) and 0 or 1
        """;

    /// <summary>
    /// KEYS 3 the session, 4 the entry; ARGV 4 milliseconds to remember for the session, 5 message body, 6 head, 7 rest, 8 lifetime, 9 key.
    /// Answers the new sequence.
    /// </summary>
    public const string Set = Common + """
        local sequence = invalidate(ARGV[5], ARGV[4])
        logkey(ARGV[9], sequence)
        store(KEYS[4], sequence, ARGV[6], ARGV[7], ARGV[8])
        return sequence
        """;

    /// <summary>KEYS 3 the session, 4.. the entries; ARGV 4 milliseconds to remember, 5 message body, 6.. keys. Answers the new sequence.</summary>
    public const string Remove = Common + """
        local sequence = invalidate(ARGV[5], ARGV[4])
        for i = 6, #ARGV do
          logkey(ARGV[i], sequence)
          redis.call('UNLINK', KEYS[i - 2])
        end
        return sequence
        """;

    /// <summary>KEYS 3 the canary. It is changed, of which Redis tells, and nothing stays.</summary>
    public const string Canary = """
        redis.call('SET', KEYS[3], '')
        redis.call('DEL', KEYS[3])
        return 1
        """;

    /// <summary>KEYS 3 the session; ARGV 4 milliseconds to remember, 5 message body, 6.. tags. Answers the new sequence.</summary>
    public const string RemoveByTag = Common + """
        local sequence = invalidate(ARGV[5], ARGV[4])
        for i = 6, #ARGV do log(KEYS[1], ARGV[i], sequence) end
        return sequence
        """;

    /// <summary>
    /// KEYS 3 the session; ARGV 4 milliseconds to remember, 5 message body. Answers the new sequence. Entries stay until they expire, and count
    /// as absent.
    /// </summary>
    public const string RemoveAll = Common + """
        local sequence = invalidate(ARGV[5], ARGV[4])
        redis.call('DEL', KEYS[1])
        redis.call('ZADD', KEYS[1], text(sequence), 's', text(sequence), 'a', text(sequence), 'f', text(sequence), server())
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return sequence
        """;

    /// <summary>KEYS 3 the session. Answers the sequence of its last invalidation, or nothing where that is long ago.</summary>
    public const string Session = "return redis.call('GET', KEYS[3])";

    /// <summary>
    /// ARGV 4 the highest sequence the caller knows of. Answers the sequence, and keeps the record of invalidations alive while
    /// an instance is. A server that knows less than the caller, or that was restarted or has taken over, may have lost the last that its
    /// predecessor was told, and hold entries that were invalidated: it begins again, as one that lost all.
    /// </summary>
    public const string Sync = Common + """
        local sequence, known = current(), tonumber(ARGV[4])
        if sequence < known or not redis.call('ZSCORE', KEYS[1], server()) then return begin(known + 1) end
        keyfloor(sequence)
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        redis.call('PEXPIRE', KEYS[2], ARGV[1])
        return sequence
        """;
}
