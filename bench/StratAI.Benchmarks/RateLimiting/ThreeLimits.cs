using StratAI.Benchmarks.Caching;
using StratAI.RateLimiting;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>A request under three limits: asked in one call, and one after the other; each through the package and by hand.</summary>
internal sealed class ThreeLimits : IAsyncDisposable
{
    private const int Users = 32;

    private readonly RedisSpace _space;
    private readonly LimiterScope _scope;
    private readonly BareScript _bareOne;
    private readonly BareScript _bareThree;
    private readonly RateLimitCheck[][] _together;
    private readonly RateLimitCheck[][][] _apart;

    private ThreeLimits(RedisSpace space)
    {
        _space = space;
        _scope = Limits.Open(Limits.Ample, space.Name, space.Connection);
        (_bareOne, _bareThree) = (new(space.Database, space.Name, Limits.Ample), new(space.Database, space.Name, Limits.Ample, buckets: 3));
        _together = [.. Enumerable.Range(0, Users).Select(user => ChecksOf($"user-{user}"))];
        _apart = [.. _together.Select(checks => checks.Select(check => new[] { check }).ToArray())];
    }

    public static async Task<ThreeLimits> CreateAsync() => new(await RedisSpace.OpenAsync());

    public ValueTask TogetherAsync(int run) => AdmittedAsync(_together[run % Users]);

    public async ValueTask ApartAsync(int run)
    {
        foreach (var checks in _apart[run % Users])
        {
            await AdmittedAsync(checks);
        }
    }

    public async ValueTask BareTogetherAsync() => await _bareThree.AcquireAsync();

    public async ValueTask BareApartAsync()
    {
        for (var call = 0; call < 3; call++)
        {
            await _bareOne.AcquireAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _space.DisposeAsync();
    }

    private static RateLimitCheck[] ChecksOf(string user) => [new(Limits.User, user), new(Limits.Chat, user), new(Limits.Tenant, "acme")];

    private async ValueTask AdmittedAsync(RateLimitCheck[] checks)
    {
        if (await _scope.Limiters.AcquireAsync(checks) is not { IsAcquired: true, IsDegraded: false })
        {
            throw new InvalidOperationException("Redis did not admit the call.");
        }
    }
}
