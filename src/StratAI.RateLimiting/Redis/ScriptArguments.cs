using System.Buffers.Binary;
using StackExchange.Redis;
using StratAI.RateLimiting.Internal;

namespace StratAI.RateLimiting.Redis;

/// <summary>The arguments of <see cref="LimitScript"/>, and its answer.</summary>
internal readonly struct ScriptArguments
{
    private const int NumbersPerKey = 4;

    public ScriptArguments(LimitRequest[] requests, Func<long>? clock)
    {
        var length = clock is null ? 0 : 1;
        foreach (ref readonly var request in requests.AsSpan())
        {
            length += LengthOf(request.Rules);
        }

        Values = new RedisValue[length];
        var next = 0;
        foreach (ref readonly var request in requests.AsSpan())
        {
            var arguments = Values.AsSpan(next, LengthOf(request.Rules));
            Write(request, arguments);
            next += arguments.Length;
        }

        if (clock is not null)
        {
            Values[^1] = clock();
        }
    }

    public RedisValue[] Values { get; }

    public static LimitReply Read(LimitRequest[] requests, long[] result)
    {
        var now = result[1];
        var views = new BucketView[requests.Length];
        for (var i = 0; i < views.Length; i++)
        {
            var numbers = result.AsSpan(2 + (i * NumbersPerKey), NumbersPerKey);
            views[i] = requests[i].Rules.Gcra is { Limit: var limit }
                ? TokenBucket.View(requests[i], new(numbers[0], numbers[1], limit), now, numbers[2] == BucketView.HasRoom, numbers[3])
                : new(now, numbers[0], numbers[1], numbers[2], numbers[3]);
        }

        return new(result[0] == 1, views);
    }

    private static int LengthOf(LimitRules rules) => rules switch { { Gcra: not null } => 3, { IsCounted: true } => 9, { IsHeld: true } => 10, _ => 5 };

    private static void Write(in LimitRequest request, Span<RedisValue> arguments)
    {
        var rules = request.Rules;
        arguments[1] = request.Policy.IsShadow ? 1 : 0;
        if (rules.Gcra is { } gcra)
        {
            var charge = gcra.Charge(request.Cost);
            arguments[0] = "g";
            arguments[2] = Pack([rules.WindowMicros, rules.Limit, charge.Micros, charge.Numerator, Math.Min(request.Cost, rules.Limit + 1)]);
            return;
        }

        arguments[2] = rules.Limit;
        if (rules.IsCounted)
        {
            arguments[0] = "w";
            (arguments[3], arguments[4]) = (rules.SegmentMicros, rules.CountedSegments);
            (arguments[5], arguments[6]) = (request.Cost, request.Wanted);
            (arguments[7], arguments[8]) = (request.Unspent.Count, request.Unspent.Segment);
        }
        else if (rules.IsHeld)
        {
            var change = request.Hold ?? new("", 0);
            arguments[0] = "h";
            (arguments[3], arguments[4]) = (Math.Max(1, rules.SegmentMicros), rules.CountedSegments);
            (arguments[5], arguments[6], arguments[7]) = (change.Id, change.Amount, change.Charge);
            arguments[8] = rules.LeaseMicros;
            arguments[9] = change.IsForced ? 1 : 0;
        }
        else
        {
            arguments[0] = "l";
            (arguments[3], arguments[4]) = (rules.WindowMicros, request.Cost);
        }
    }

    internal static byte[] Pack(ReadOnlySpan<double> numbers)
    {
        var bytes = new byte[numbers.Length * sizeof(double)];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), numbers[i]);
        }

        return bytes;
    }
}
