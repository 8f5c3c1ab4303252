namespace StratAI.RateLimiting.Tests.Faults;

/// <summary>Several instances of an application that take the permits of one bucket while something happens to their Redis.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const string Key = "k";

    /// <summary>What a busy machine may add to a call. Far less than the minute that the client would wait.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);

    private readonly LoadedLimiter[] _limiters;
    private readonly TimeSpan _deadline;

    /// <param name="configuration">Of Redis. Only the limiter's own deadline ends its calls, not the client's.</param>
    /// <param name="prefix">Of the keys.</param>
    /// <param name="kind">Of the policy that is taken from, see <see cref="LastingPolicies"/>.</param>
    /// <param name="limit">Of that policy.</param>
    /// <param name="deadline">The time that Redis has for a decision.</param>
    /// <param name="instances">How many there are.</param>
    public Load(string configuration, string prefix, string kind, long limit, TimeSpan deadline, int instances = 3)
    {
        _deadline = deadline;
        _limiters = [.. Enumerable.Range(0, instances).Select(_ => new LoadedLimiter(Configure, [new(kind, Key)]))];

        void Configure(RateLimitingOptions options)
        {
            options.Configuration = $"{configuration},connectTimeout=500,connectRetry=1,asyncTimeout=60000";
            (options.KeyPrefix, options.RedisTimeout) = (prefix, deadline);
            options.AddPolicy(kind, LastingPolicies.Create(kind, limit));
        }
    }

    public int Admitted => _limiters.Sum(limiter => limiter.Admitted);

    public int Unavailable => _limiters.Sum(limiter => limiter.Unavailable);

    public int Failures => _limiters.Sum(limiter => limiter.Failures);

    /// <summary>Waits until so many permits were taken.</summary>
    public Task TakesAsync(int permits, TimeSpan? within = null) =>
        Eventually.TrueAsync(() => Task.FromResult(Admitted >= permits), $"{permits} permits are taken", within);

    /// <summary>Waits until every instance has gone without Redis since now, and has given up asking it.</summary>
    public Task GoesWithoutAsync() => EachAsync(limiter => limiter.Unavailable, 30, "every instance goes without Redis");

    /// <summary>Waits until Redis has refused every instance since now: it decides, and nothing is left.</summary>
    public Task IsRefusedAsync() => EachAsync(limiter => limiter.Refused, 1, "Redis refuses every instance");

    /// <summary>Ends when no call is under way; none is made until <see cref="Resume"/>.</summary>
    public Task PauseAsync() => Task.WhenAll(_limiters.Select(limiter => limiter.PauseAsync()));

    public void Resume() => Array.ForEach(_limiters, limiter => limiter.Resume());

    /// <summary>Ends it. Fails if a call threw or did not end in time.</summary>
    public async Task StopAsync()
    {
        await Task.WhenAll(_limiters.Select(limiter => limiter.StopAsync()));
        Assert.All(_limiters, limiter => Assert.InRange(limiter.Longest, TimeSpan.Zero, _deadline + Slack));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var limiter in _limiters)
        {
            await limiter.DisposeAsync();
        }
    }

    private async Task EachAsync(Func<LoadedLimiter, int> count, int times, string what)
    {
        var before = Array.ConvertAll(_limiters, limiter => count(limiter));
        await Eventually.TrueAsync(() => _limiters.Zip(before).All(pair => count(pair.First) >= pair.Second + times), what);
    }
}
