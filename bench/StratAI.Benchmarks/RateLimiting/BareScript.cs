using StackExchange.Redis;
using StratAI.RateLimiting;
using StratAI.RateLimiting.Internal;
using StratAI.RateLimiting.Redis;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>
/// The package's own script, called as a limiter written by hand would: keys and values made once, the answer left as it comes. The one
/// place here that knows the script.
/// </summary>
internal sealed class BareScript
{
    private readonly IDatabase _database;
    private readonly RedisKey[] _keys;
    private readonly RedisValue[] _values;

    public BareScript(IDatabase database, string prefix, RateLimitPolicy policy, int buckets = 1)
    {
        _database = database;
        var gcra = new Gcra(policy.PermitLimit, (long)policy.Window.TotalMicroseconds);
        var charge = gcra.Charge(1);
        RedisValue[] bucket = ["g", 0, ScriptArguments.Pack([gcra.WindowMicros, gcra.Limit, charge.Micros, charge.Numerator, 1])];
        _keys = [.. Enumerable.Range(0, buckets).Select(bucket => (RedisKey)$"{{{prefix}}}:bare:abcdefghijklmnopqrstu{bucket}")];
        _values = [.. Enumerable.Repeat(bucket, buckets).SelectMany(values => values)];
    }

    public Task<RedisResult> AcquireAsync() => _database.ScriptEvaluateAsync(LimitScript.Script.OnServerClock.Text, _keys, _values);
}
