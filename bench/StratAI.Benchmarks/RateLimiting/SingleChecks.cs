using System.Threading.RateLimiting;
using RedisRateLimiting;
using StackExchange.Redis;
using StratAI.Benchmarks.Caching;
using StratAI.RateLimiting;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>One check of one bucket in Redis, through one multiplexer: ours, by hand, and the peer's.</summary>
internal sealed class SingleChecks : IAsyncDisposable
{
    private readonly RedisSpace _space;
    private readonly BareScript _bare;
    private readonly LimiterScope _ours;
    private readonly RateLimiter _limiter;
    private readonly RedisTokenBucketRateLimiter<string> _peer;
    private readonly RateLimitCheck[] _checks = [new(Limits.User, Limits.Key)];

    private SingleChecks(RedisSpace space)
    {
        _space = space;
        _bare = new(space.Database, space.Name, Limits.Ample);
        _ours = Limits.Open(Limits.Ample, space.Name, space.Connection);
        _limiter = _ours.Limiters.Get(Limits.User, Limits.Key);
        _peer = PeerBuckets.OnRedis($"{space.Name}:{Limits.Key}", space.Connection);
    }

    public static async Task<SingleChecks> CreateAsync() => new(await RedisSpace.OpenAsync());

    /// <summary>What any script costs.</summary>
    public Task<RedisResult> TrivialAsync() => _space.Database.ScriptEvaluateAsync("return 1");

    public Task<RedisResult> BareAsync() => _bare.AcquireAsync();

    public async Task<RateLimitDecision> OursAsync()
    {
        var decision = await _ours.Limiters.AcquireAsync(_checks);
        return decision is { IsAcquired: true, IsDegraded: false }
            ? decision
            : throw new InvalidOperationException("Redis did not admit the call.");
    }

    /// <summary>As a <see cref="RateLimiter"/>.</summary>
    public Task<RateLimitLease> OurLimiterAsync() => TakeAsync(_limiter);

    public Task<RateLimitLease> PeerAsync() => TakeAsync(_peer);

    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _limiter.DisposeAsync();
        await _ours.DisposeAsync();
        await _space.DisposeAsync();
    }

    private static async Task<RateLimitLease> TakeAsync(RateLimiter limiter)
    {
        using var lease = await limiter.AcquireAsync();
        return lease.IsAcquired ? lease : throw new InvalidOperationException("The limiter did not admit the call.");
    }
}
