using StackExchange.Redis;
using StratAI.Caching.Internal;

namespace StratAI.Caching.Redis;

/// <summary>A lease in Redis. Should its instance die, it ends by itself.</summary>
internal sealed class FactoryLease : IFactoryLease
{
    private const int RenewalsPerLease = 3;

    private readonly GuardedCalls _calls;
    private readonly string _key;
    private readonly RedisValue _token;
    private readonly RedisValue _milliseconds;
    private readonly ITimer _renewal;

    public FactoryLease(GuardedCalls calls, RedisLevelSettings settings, string key, RedisValue token)
    {
        (_calls, _key, _token, _milliseconds) = (calls, key, token, (long)settings.Lease.TotalMilliseconds);
        var every = settings.Lease / RenewalsPerLease;
        _renewal = settings.Time.CreateTimer(_ => _ = RenewAsync(), null, every, every);
    }

    public async ValueTask EndAsync(bool lookAgain)
    {
        await _renewal.DisposeAsync().ConfigureAwait(false);
        var message = InvalidationMessage.Body(lookAgain ? InvalidationKind.Released : InvalidationKind.Abandoned, [_key]);
        await _calls.TryRunAsync("release", Scripts.Release, [Records.Lease(_key)], [_token, message]).ConfigureAwait(false);
    }

    // A renewal that is lost is no matter: what two instances make at once is judged by its stamp like everything else.
    private async Task RenewAsync() =>
        await _calls.TryRunAsync("renew", Scripts.Renew, [Records.Lease(_key)], [_token, _milliseconds]).ConfigureAwait(false);
}
