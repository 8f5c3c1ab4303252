using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace StratAI.Caching.Testing;

/// <summary>
/// One run of one script of <c>Redis/Scripts.cs</c>, in C# on a <see cref="Keyspace"/>. This part has the functions that the scripts share, named
/// as there; <c>.Scripts</c> has the scripts. A test runs both side by side.
/// </summary>
/// <param name="data">The keyspace.</param>
/// <param name="keys">KEYS.</param>
/// <param name="arguments">ARGV.</param>
/// <param name="send">Publishes a message on a channel.</param>
internal sealed partial class ScriptRun(Keyspace data, string[] keys, RedisValue[] arguments, Action<string, byte[]> send)
{
    private const int HeaderLength = 21;

    private readonly string _state = keys[0];
    private readonly string _keyLog = keys[1];
    private readonly long _retention = (long)arguments[0];

    private string Server => $"@{data.ServerId}";

    private double Current() => data.ScoreOf(_state, "s") ?? Begin(0);

    private double Begin(double least)
    {
        var first = Math.Max(least, data.Time());
        data.Delete(_state);
        data.Delete(_keyLog);
        data.AddScore(_state, "s", first);
        data.AddScore(_state, "a", first);
        data.AddScore(_state, "f", first);
        data.AddScore(_state, Server, first);
        data.AddScore(_keyLog, "f", first);
        data.Expire(_state, _retention);
        data.Expire(_keyLog, _retention);
        return first;
    }

    private double Advance()
    {
        var sequence = Current() + 1;
        data.Expire(_state, _retention);
        data.AddScore(_state, "s", sequence);
        return sequence;
    }

    private double KeyFloor(double sequence)
    {
        if (data.ScoreOf(_keyLog, "f") is { } floor)
        {
            return floor;
        }

        data.Delete(_keyLog);
        data.AddScore(_keyLog, "f", sequence);
        data.Expire(_keyLog, _retention);
        return sequence;
    }

    private void Log(string key, RedisValue name, double sequence)
    {
        data.AddScore(key, Member(name), sequence);
        var set = data.Scores(key)!;
        var excess = set.Count - (int)arguments[1];
        if (excess <= 0)
        {
            return;
        }

        foreach (var (score, member) in set.Lowest(excess + 3))
        {
            if (member[0] == ':')
            {
                data.AddScore(key, "f", score);
                set.Remove(member);
            }
        }
    }

    private void LogKey(RedisValue name, double sequence)
    {
        KeyFloor(sequence);
        Log(_keyLog, name, sequence);
        data.Expire(_keyLog, _retention);
    }

    private void Store(string entry, double sequence, RedisValue head, RedisValue rest, RedisValue lifetime)
    {
        var stamp = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(stamp, (ulong)sequence);
        data.Set(entry, [.. (byte[])head!, .. stamp, .. (byte[])rest!], (long)lifetime);
    }

    private void Publish(double sequence, RedisValue body) => send((string)arguments[2]!, [.. Text(sequence), (byte)':', .. (byte[])body!]);

    private (byte[] Payload, long Left) Judge(string entry, double sequence)
    {
        byte[]? payload;
        try
        {
            payload = data.Get(entry);
        }
        catch (RedisServerException)
        {
            return ([], 0);
        }

        if (payload is null)
        {
            return ([], Keyspace.NoKey);
        }

        if (payload.Length < HeaderLength || !payload.AsSpan().StartsWith("SC\x2"u8))
        {
            return ([], 0);
        }

        double made = BinaryPrimitives.ReadUInt64BigEndian(payload.AsSpan(4));
        var tags = payload[HeaderLength - 1];
        if (made > sequence || made < data.ScoreOf(_state, "a") || (tags > 0 && made < data.ScoreOf(_state, "f")))
        {
            return ([], Keyspace.NoKey);
        }

        var at = HeaderLength;
        for (var i = 0; i < tags; i++)
        {
            if (at + sizeof(ushort) > payload.Length)
            {
                return ([], 0);
            }

            var from = at + sizeof(ushort);
            var to = from + BinaryPrimitives.ReadUInt16BigEndian(payload.AsSpan(at));
            if (data.ScoreOf(_state, Member(payload[Math.Min(from, payload.Length)..Math.Min(to, payload.Length)])) > made)
            {
                return ([], Keyspace.NoKey);
            }

            at = to;
        }

        return (payload, data.LifetimeOf(entry));
    }

    private bool Outdated(double made, RedisValue key, int firstTag)
    {
        var sequence = Current();
        if (made > sequence || made < data.ScoreOf(_state, "a") || made < KeyFloor(sequence) || data.ScoreOf(_keyLog, Member(key)) > made)
        {
            return true;
        }

        var tags = arguments.Skip(firstTag).ToList();
        return tags.Count > 0 && (made < data.ScoreOf(_state, "f") || tags.Exists(tag => data.ScoreOf(_state, Member(tag)) > made));
    }

    private double Invalidate(RedisValue body, RedisValue remember)
    {
        var sequence = Advance();
        if ((long)remember > 0)
        {
            data.Set(keys[2], Text(sequence), (long)remember);
        }

        Publish(sequence, body);
        return sequence;
    }

    private static string Member(RedisValue name) => ":" + ByteText.Of(name);

    private static byte[] Text(double number) => Encoding.ASCII.GetBytes(number.ToString("F0", CultureInfo.InvariantCulture));
}
