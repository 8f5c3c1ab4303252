using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using StratAI.RateLimiting;

namespace StratAI.Benchmarks.RateLimiting;

/// <summary>Limiters in a container of their own, on a multiplexer that outlives it or in the process.</summary>
internal sealed class LimiterScope : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public LimiterScope(IConnectionMultiplexer? redis, Action<RateLimitingOptions> configure)
    {
        var services = new ServiceCollection();
        if (redis is not null)
        {
            services.AddSingleton(redis);
        }

        services.AddStratAIRateLimiting(configure);
        _services = services.BuildServiceProvider();
        Limiters = _services.GetRequiredService<IRateLimiters>();
    }

    public IRateLimiters Limiters { get; }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
