using StackExchange.Redis;
using StratAI.Benchmarks.Caching;
using StratAI.RateLimiting;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>A key that spent its permits asks again, under several settings.</summary>
internal sealed class Refusals : IAsyncDisposable
{
    private readonly RedisSpace _space;
    private readonly BareScript _bare;
    private readonly LimiterScope[] _scopes;
    private readonly RateLimitCheck[] _checks = [new(Limits.User, Limits.Key)];

    private Refusals(RedisSpace space)
    {
        _space = space;
        _bare = new(space.Database, space.Name, Limits.Spent);
        _scopes =
        [
            OnRedis = Limits.Open(Limits.Spent, space.Name, space.Connection),
            Remembering = Limits.Open(Limits.Spent, space.Name, space.Connection, TimeSpan.FromMinutes(1)),
            Embedded = Limits.Open(Limits.Spent),
        ];
    }

    public LimiterScope OnRedis { get; }

    /// <summary>On Redis, and remembers what Redis refused.</summary>
    public LimiterScope Remembering { get; }

    public LimiterScope Embedded { get; }

    public static async Task<Refusals> CreateAsync()
    {
        var refusals = new Refusals(await RedisSpace.OpenAsync());
        foreach (var scope in refusals._scopes)
        {
            // One of the first takes the one permit, the next is refused as all that follow are.
            await scope.Limiters.AcquireAsync(refusals._checks);
            await scope.Limiters.AcquireAsync(refusals._checks);
            await refusals.RefusedAsync(scope);
        }

        await refusals.BareAsync();

        return refusals;
    }

    public async ValueTask<RateLimitDecision> RefusedAsync(LimiterScope scope)
    {
        var decision = await scope.Limiters.AcquireAsync(_checks);
        return decision is { Outcome: RateLimitOutcome.QuotaExceeded, IsDegraded: false }
            ? decision
            : throw new InvalidOperationException("It was not refused.");
    }

    /// <summary>Of a scope that needs no round trip.</summary>
    public bool RefusedAtOnce(LimiterScope scope)
    {
        var call = scope.Limiters.AcquireAsync(_checks);
        return call is { IsCompletedSuccessfully: true, Result: { Outcome: RateLimitOutcome.QuotaExceeded, IsDegraded: false } }
            ? true
            : throw new InvalidOperationException("It was not refused at once.");
    }

    public Task<RedisResult> BareAsync() => _bare.AcquireAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var scope in _scopes)
        {
            await scope.DisposeAsync();
        }

        await _space.DisposeAsync();
    }
}
