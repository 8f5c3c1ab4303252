namespace StratAI.Caching.Redis;

/// <summary>
/// The scripts that order what instances do. KEYS are always the state, the key log, then entries; ARGV 1 to 3 are the lifetime of
/// the first two in milliseconds, the most names either holds, and the channel. The protocol is described in docs/caching.md.
/// </summary>
internal static class Scripts
{
    /// <summary>
    /// Members of the state: <c>s</c> the sequence; <c>a</c> the sequence before which every entry is invalid; <c>f</c> the same for
    /// entries with tags; <c>:tag</c> the tag's last invalidation. Of the key log: <c>f</c> and <c>:key</c>.
    /// </summary>
    private const string Common = """
        local function text(number) return string.format('%.0f', number) end

        local function current()
          local sequence = redis.call('ZSCORE', KEYS[1], 's')
          if sequence then return tonumber(sequence) end
          -- Lost or never there. The clock in microseconds is higher than any sequence there was before, so that entries and fills
          -- from before compare as older, and are refused, as nobody knows what was invalidated since.
          local time = redis.call('TIME')
          local first = text(tonumber(time[1]) * 1000000 + tonumber(time[2]))
          redis.call('DEL', KEYS[2])
          redis.call('ZADD', KEYS[1], first, 's', first, 'a', first, 'f')
          redis.call('ZADD', KEYS[2], first, 'f')
          redis.call('PEXPIRE', KEYS[1], ARGV[1])
          redis.call('PEXPIRE', KEYS[2], ARGV[1])
          return tonumber(first)
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
            -- The floors are among the lowest scores, hence two more.
            local oldest = redis.call('ZRANGE', key, 0, excess + 1, 'WITHSCORES')
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

        """;

    /// <summary>
    /// KEYS 3 the entry. Answers the sequence, and on a hit the payload and its remaining milliseconds. What is not a payload
    /// is answered as an empty one.
    /// </summary>
    public const string Read = Common + """
        local sequence = current()
        local payload = redis.pcall('GET', KEYS[3])
        if not payload then return {sequence} end
        if type(payload) ~= 'string' or #payload < 17 or string.sub(payload, 1, 3) ~= 'SC\1' then return {sequence, '', 0} end
        local made = struct.unpack('>I8', payload, 5)
        if made > sequence or made < score(KEYS[1], 'a') then return {sequence} end
        local tags, at = string.byte(payload, 17), 18
        if tags > 0 and made < score(KEYS[1], 'f') then return {sequence} end
        for i = 1, tags do
          if at + 1 > #payload then return {sequence, '', 0} end
          local length = struct.unpack('>I2', payload, at)
          local invalidated = score(KEYS[1], ':' .. string.sub(payload, at + 2, at + 1 + length))
          if invalidated and invalidated > made then return {sequence} end
          at = at + 2 + length
        end
        return {sequence, payload, redis.call('PTTL', KEYS[3])}
        """;

    /// <summary>KEYS 3 the entry; ARGV 4 the sequence the value was made since, 5 head, 6 rest, 7 lifetime, 8 key, 9.. tags. Answers 1 when stored.</summary>
    public const string Fill = Common + """
        local sequence, made = current(), tonumber(ARGV[4])
        if made > sequence or made < score(KEYS[1], 'a') or made < keyfloor(sequence) then return 0 end
        local removed = score(KEYS[2], ':' .. ARGV[8])
        if removed and removed > made then return 0 end
        if #ARGV > 8 and made < score(KEYS[1], 'f') then return 0 end
        for i = 9, #ARGV do
          local invalidated = score(KEYS[1], ':' .. ARGV[i])
          if invalidated and invalidated > made then return 0 end
        end
        store(KEYS[3], made, ARGV[5], ARGV[6], ARGV[7])
        return 1
        """;

    /// <summary>KEYS 3 the entry; ARGV 4 message body, 5 head, 6 rest, 7 lifetime, 8 key. Answers the new sequence.</summary>
    public const string Set = Common + """
        local sequence = advance()
        logkey(ARGV[8], sequence)
        store(KEYS[3], sequence, ARGV[5], ARGV[6], ARGV[7])
        publish(sequence, ARGV[4])
        return sequence
        """;

    /// <summary>KEYS 3.. the entries; ARGV 4 message body, 5.. keys. Answers the new sequence.</summary>
    public const string Remove = Common + """
        local sequence = advance()
        for i = 5, #ARGV do
          logkey(ARGV[i], sequence)
          redis.call('UNLINK', KEYS[i - 2])
        end
        publish(sequence, ARGV[4])
        return sequence
        """;

    /// <summary>KEYS 3.. the entries; ARGV 4.. what <see cref="PayloadDigest"/> they should have. Answers 1 or 0 for each.</summary>
    public const string Verify = """
        local same = {}
        for i = 3, #KEYS do
          local payload = redis.pcall('GET', KEYS[i])
          local held = type(payload) == 'string' and redis.sha1hex(string.sub(payload, 1, 4) .. string.sub(payload, 13))
          same[i - 2] = held == ARGV[i + 1] and 1 or 0
        end
        return same
        """;

    /// <summary>KEYS 3 the canary. It is changed, of which Redis tells, and nothing stays.</summary>
    public const string Canary = """
        redis.call('SET', KEYS[3], '')
        redis.call('DEL', KEYS[3])
        return 1
        """;

    /// <summary>ARGV 4 message body, 5.. tags. Answers the new sequence.</summary>
    public const string RemoveByTag = Common + """
        local sequence = advance()
        for i = 5, #ARGV do log(KEYS[1], ARGV[i], sequence) end
        publish(sequence, ARGV[4])
        return sequence
        """;

    /// <summary>ARGV 4 message body. Answers the new sequence. Entries stay until they expire, and count as absent.</summary>
    public const string RemoveAll = Common + """
        local sequence = advance()
        redis.call('DEL', KEYS[1])
        redis.call('ZADD', KEYS[1], text(sequence), 's', text(sequence), 'a', text(sequence), 'f')
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        publish(sequence, ARGV[4])
        return sequence
        """;

    /// <summary>Answers the sequence, and keeps the record of invalidations alive while an instance is.</summary>
    public const string Sync = Common + """
        local sequence = current()
        keyfloor(sequence)
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        redis.call('PEXPIRE', KEYS[2], ARGV[1])
        return sequence
        """;
}
