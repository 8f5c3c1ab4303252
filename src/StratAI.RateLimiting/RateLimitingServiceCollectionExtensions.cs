using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StratAI.RateLimiting;
using StratAI.RateLimiting.AspNetCore;
using StratAI.RateLimiting.Internal;
using StratAI.RateLimiting.Redis;
using StratAI.Shared.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the rate limiter.</summary>
public static class RateLimitingServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IRateLimiters"/>: in Redis when <see cref="RateLimitingOptions.Configuration"/> is set or the application registered an
    /// <c>IConnectionMultiplexer</c>, else in this process. May be called more than once; all configurations apply, services are added once.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Settings and policies; validated when the application starts.</param>
    public static IRateLimitingBuilder AddStratAIRateLimiting(this IServiceCollection services, Action<RateLimitingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<RateLimitingOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RateLimitingOptions>, RateLimitingOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RateLimitingStartup>());
        services.TryAddSingleton<MiddlewareStages>();
        services.TryAddSingleton(provider => new RateLimitingMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton<IRateLimiters>(provider => new RateLimiters(
            provider.GetRequiredService<IOptions<RateLimitingOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RateLimitingMetrics>(),
            provider.GetRequiredService<ILogger<RateLimiters>>(),
            CreateStore(provider)));
        return new RateLimitingBuilder(services);
    }

    private static RedisLimitStore? CreateStore(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<RateLimitingOptions>>().Value;
        return RedisConnection.Resolve(provider, options.Configuration) is { } connection
            ? new(connection, options, provider.GetRequiredService<TimeProvider>())
            : null;
    }

    private sealed class RateLimitingBuilder(IServiceCollection services) : IRateLimitingBuilder
    {
        public IServiceCollection Services => services;
    }
}
