using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StratAI.RateLimiting;
using StratAI.RateLimiting.AspNetCore;
using StratAI.RateLimiting.Internal;
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
        services.TryAddSingleton(Create);
        services.TryAddSingleton<IRateLimiters>(provider => provider.GetRequiredService<RateLimiters>());
        services.TryAddSingleton<IRateLimitAdministration>(provider => provider.GetRequiredService<RateLimiters>());
        return new RateLimitingBuilder(services);
    }

    /// <summary>
    /// Takes settings and policies also from configuration; they win over those of code. When the configuration changes, the policies change with it while
    /// the application runs; a change that is not valid, or that leaves a policy out, is logged and refused as a whole. Settings other than the policies are
    /// read once.
    /// </summary>
    /// <param name="builder">What <see cref="AddStratAIRateLimiting"/> returned.</param>
    /// <param name="configuration">A section in the form of <see cref="RateLimitingOptions"/>, such as <c>Policies:chat:PermitLimit</c>.</param>
    public static IRateLimitingBuilder BindConfiguration(this IRateLimitingBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        builder.Services.AddOptions<RateLimitingOptions>().Configure(options => configuration.Bind(options));
        builder.Services.AddSingleton(new PolicySource(configuration));
        return builder;
    }

    private static RateLimiters Create(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<RateLimitingOptions>>().Value;
        var (time, logger) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RateLimiters>>());
        var policies = new PolicySet(
            options,
            provider.GetRequiredService<IOptionsFactory<RateLimitingOptions>>(),
            provider.GetServices<PolicySource>(),
            logger);
        return new(
            options, policies, time, provider.GetRequiredService<RateLimitingMetrics>(), logger,
            RedisConnection.Resolve(provider, options.Configuration) is { } connection ? new(connection, options, time) : null);
    }

    private sealed class RateLimitingBuilder(IServiceCollection services) : IRateLimitingBuilder
    {
        public IServiceCollection Services => services;
    }
}
