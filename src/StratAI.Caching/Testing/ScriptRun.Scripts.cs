using System.Buffers.Binary;
using StackExchange.Redis;
using StratAI.Caching.Redis;

namespace StratAI.Caching.Testing;

internal sealed partial class ScriptRun
{
    /// <summary>The answer that the script gives.</summary>
    public RedisResult Run(string script) => script switch
    {
        Scripts.Read => Read(),
        Scripts.Claim => Claim(),
        Scripts.Renew => Renew(),
        Scripts.Release => Release(),
        Scripts.Fill => Fill(),
        Scripts.Verify => Number(Outdated((double)arguments[3], arguments[4], 5) ? 0 : 1),
        Scripts.Set => Set(),
        Scripts.Remove => Remove(),
        Scripts.RemoveByTag => RemoveByTag(),
        Scripts.RemoveAll => RemoveAll(),
        Scripts.Session => RedisResult.Create((RedisValue)data.Get(keys[2]), ResultType.BulkString),
        Scripts.Sync => Sync(),
        _ => throw new ArgumentException("The script is none of this cache's.", nameof(script)),
    };

    private RedisResult Read()
    {
        var sequence = Current();
        var answer = new List<RedisResult> { Number(sequence) };
        foreach (var entry in keys.Skip(2))
        {
            var (payload, left) = Judge(entry, sequence);
            answer.Add(RedisResult.Create(payload, ResultType.BulkString));
            answer.Add(Number(left));
        }

        return RedisResult.Create([.. answer]);
    }

    private RedisResult Claim()
    {
        var sequence = Current();
        var (payload, left) = Judge(keys[2], sequence);
        if (payload.Length > 0 && (left < 0 || left - BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(16)) >= (double)arguments[5]))
        {
            return Answer(2, 0);
        }

        return data.SetIfAbsent(keys[3], (byte[])arguments[3]!, (long)arguments[4]) ? Answer(1, 0) : Answer(0, data.LifetimeOf(keys[3]));

        RedisResult Answer(int outcome, long lease) =>
            RedisResult.Create([Number(sequence), RedisResult.Create(payload, ResultType.BulkString), Number(left), Number(outcome), Number(lease)]);
    }

    private RedisResult Renew() => Number(HoldsLease() && data.Expire(keys[2], (long)arguments[4]) ? 1 : 0);

    private RedisResult Release()
    {
        if (!HoldsLease())
        {
            return Number(0);
        }

        data.Delete(keys[2]);
        Publish(0, arguments[4]);
        return Number(1);
    }

    private RedisResult Fill()
    {
        var made = (double)arguments[3];
        if (Outdated(made, arguments[7], 8))
        {
            return Number(0);
        }

        Store(keys[2], made, arguments[4], arguments[5], arguments[6]);
        return Number(1);
    }

    private RedisResult Set()
    {
        var sequence = Invalidate(arguments[4], arguments[3]);
        LogKey(arguments[8], sequence);
        Store(keys[3], sequence, arguments[5], arguments[6], arguments[7]);
        return Number(sequence);
    }

    private RedisResult Remove()
    {
        var sequence = Invalidate(arguments[4], arguments[3]);
        for (var i = 5; i < arguments.Length; i++)
        {
            LogKey(arguments[i], sequence);
            data.Delete(keys[i - 2]);
        }

        return Number(sequence);
    }

    private RedisResult RemoveByTag()
    {
        var sequence = Invalidate(arguments[4], arguments[3]);
        foreach (var tag in arguments.Skip(5))
        {
            Log(_state, tag, sequence);
        }

        return Number(sequence);
    }

    private RedisResult RemoveAll()
    {
        var sequence = Invalidate(arguments[4], arguments[3]);
        data.Delete(_state);
        data.AddScore(_state, "s", sequence);
        data.AddScore(_state, "a", sequence);
        data.AddScore(_state, "f", sequence);
        data.AddScore(_state, Server, sequence);
        data.Expire(_state, _retention);
        return Number(sequence);
    }

    private RedisResult Sync()
    {
        var (sequence, known) = (Current(), (double)arguments[3]);
        if (sequence < known || data.ScoreOf(_state, Server) is null)
        {
            return Number(Begin(known + 1));
        }

        KeyFloor(sequence);
        data.Expire(_state, _retention);
        data.Expire(_keyLog, _retention);
        return Number(sequence);
    }

    private bool HoldsLease() => data.Get(keys[2]) is { } token && token.AsSpan().SequenceEqual((byte[])arguments[3]!);

    private static RedisResult Number(double number) => RedisResult.Create((long)number, ResultType.Integer);
}
