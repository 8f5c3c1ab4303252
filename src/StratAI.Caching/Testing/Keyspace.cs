using StackExchange.Redis;

namespace StratAI.Caching.Testing;

/// <summary>
/// The Redis commands that the scripts use, on a dictionary. Keys and members are <see cref="ByteText"/>; lifetimes are in milliseconds, as
/// Redis measures them.
/// </summary>
internal sealed class Keyspace(TimeProvider time)
{
    public const long NoKey = -2;
    public const long Persistent = -1;

    private Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private Dictionary<string, Slot> _saved = new(StringComparer.Ordinal);
    private double _highest;

    /// <summary>What tells one run of the server from another.</summary>
    public string ServerId { get; set; } = NewId();

    /// <summary>Those that have not expired.</summary>
    public IReadOnlyList<string> Keys => [.. _slots.Keys.Where(key => Find(key) is not null)];

    /// <summary>
    /// <c>TIME</c> in microseconds. A clock that no test moves stands still, where a server's would be above every score there was; so is this.
    /// </summary>
    public double Time() => Math.Max((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, _highest + 1);

    public byte[]? Get(string key) => Find(key) switch
    {
        null => null,
        { Value: byte[] bytes } => bytes,
        _ => throw WrongType(),
    };

    public void Set(string key, byte[] value, long? lifetime) => _slots[key] = new(value) { ExpiresAt = Now + lifetime };

    public bool SetIfAbsent(string key, byte[] value, long lifetime)
    {
        if (Find(key) is not null)
        {
            return false;
        }

        Set(key, value, lifetime);
        return true;
    }

    public bool Delete(string key) => Find(key) is not null && _slots.Remove(key);

    public bool Expire(string key, long lifetime)
    {
        if (Find(key) is not { } slot)
        {
            return false;
        }

        slot.ExpiresAt = Now + lifetime;
        return true;
    }

    /// <summary>What is left of a key's lifetime, or <see cref="NoKey"/>, or <see cref="Persistent"/>.</summary>
    public long LifetimeOf(string key) => Find(key) is not { } slot ? NoKey : slot.ExpiresAt is { } at ? at - Now : Persistent;

    /// <summary>Puts a value of another kind, a list say, in the place of a key.</summary>
    public void SetForeign(string key) => _slots[key] = new(new object());

    public ScoredSet? Scores(string key) => Find(key) switch
    {
        null => null,
        { Value: ScoredSet set } => set,
        _ => throw WrongType(),
    };

    public double? ScoreOf(string key, string member) => Scores(key)?.ScoreOf(member);

    public void AddScore(string key, string member, double score)
    {
        if (Scores(key) is not { } set)
        {
            _slots[key] = new(set = new());
        }

        set.Add(member, score);
        _highest = Math.Max(_highest, score);
    }

    public void Clear() => _slots.Clear();

    public void Save() => _saved = Copy(_slots);

    /// <summary>Begins another run of the server, with what it had, or else with what it saved last.</summary>
    public void Restart(bool keepData)
    {
        ServerId = NewId();
        _slots = keepData ? _slots : Copy(_saved);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private Slot? Find(string key)
    {
        if (!_slots.TryGetValue(key, out var slot))
        {
            return null;
        }

        if (slot.ExpiresAt <= Now)
        {
            _slots.Remove(key);
            return null;
        }

        return slot;
    }

    private static Dictionary<string, Slot> Copy(Dictionary<string, Slot> slots) =>
        slots.ToDictionary(slot => slot.Key, slot => slot.Value.Copy(), StringComparer.Ordinal);

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static RedisServerException WrongType() => new(RedisErrorKind.WrongType, CommandFlags.None, "WRONGTYPE Operation against a key holding the wrong kind of value");

    private sealed class Slot(object value)
    {
        public object Value => value;

        public long? ExpiresAt { get; set; }

        public Slot Copy() => new(value is ScoredSet set ? set.Copy() : value) { ExpiresAt = ExpiresAt };
    }
}
