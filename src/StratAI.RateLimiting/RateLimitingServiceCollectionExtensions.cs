using System.Diagnostics.Metrics;
using System.Globalization;
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
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RateLimitingStartup>());
        services.TryAddSingleton<MiddlewareStages>();
        services.TryAddSingleton(provider => Create(provider, Microsoft.Extensions.Options.Options.DefaultName));
        services.TryAddSingleton<IRateLimiters>(provider => provider.GetRequiredService<RateLimiters>());
        services.TryAddSingleton<IRateLimitAdministration>(provider => provider.GetRequiredService<RateLimiters>());
        return AddOptions(services, Microsoft.Extensions.Options.Options.DefaultName, configure);
    }

    /// <summary>
    /// Adds <see cref="IRateLimiters"/> and <see cref="IRateLimitAdministration"/> under <paramref name="serviceKey"/>, for limits that share nothing with those of the application:
    /// of another Redis, or under another secret. For use from code; endpoints require the policies of <see cref="AddStratAIRateLimiting"/>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="serviceKey">
    /// The service key. Its text names the options and is part of every Redis key, unless <see cref="RateLimitingOptions.KeyPrefix"/> is set, so that it must be the same on all
    /// instances and of one limiter alone.
    /// </param>
    /// <param name="configure">Settings and policies; validated when the application starts.</param>
    /// <exception cref="ArgumentException">The service key has no text.</exception>
    public static IRateLimitingBuilder AddKeyedStratAIRateLimiting(
        this IServiceCollection services, object serviceKey, Action<RateLimitingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        var name = Convert.ToString(serviceKey, CultureInfo.InvariantCulture);
        ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(serviceKey));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => Create(provider, name));
        services.TryAddKeyedSingleton<IRateLimiters>(serviceKey, (provider, key) => provider.GetRequiredKeyedService<RateLimiters>(key));
        services.TryAddKeyedSingleton<IRateLimitAdministration>(serviceKey, (provider, key) => provider.GetRequiredKeyedService<RateLimiters>(key));
        services.AddSingleton<IHostedService>(provider => new LimiterConnection(
            provider.GetRequiredKeyedService<RateLimiters>(serviceKey), provider.GetRequiredService<TimeProvider>()));
        return AddOptions(services, name, options =>
        {
            options.KeyPrefix = $"{options.KeyPrefix}:{name}";
            configure?.Invoke(options);
        });
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
        builder.Services.AddOptions<RateLimitingOptions>(builder.Name).Configure(options => configuration.Bind(options));
        builder.Services.AddSingleton(new PolicySource(builder.Name, configuration));
        return builder;
    }

    private static RateLimitingBuilder AddOptions(IServiceCollection services, string name, Action<RateLimitingOptions>? configure)
    {
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RateLimitingOptions>, RateLimitingOptionsValidator>());
        services.TryAddSingleton(provider => new RateLimitingMetrics(provider.GetRequiredService<IMeterFactory>()));
        var options = services.AddOptions<RateLimitingOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return new(services, name);
    }

    private static RateLimiters Create(IServiceProvider provider, string name)
    {
        var factory = provider.GetRequiredService<IOptionsFactory<RateLimitingOptions>>();
        // Those of the application are the ones its middleware has.
        var options = name == Microsoft.Extensions.Options.Options.DefaultName ? provider.GetRequiredService<IOptions<RateLimitingOptions>>().Value : factory.Create(name);
        var (time, logger) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RateLimiters>>());
        var sources = provider.GetServices<PolicySource>().Where(source => source.Name == name);
        return new(
            options, new PolicySet(name, options, factory, sources, logger), time, provider.GetRequiredService<RateLimitingMetrics>(), logger,
            RedisConnection.Resolve(provider, options.Configuration) is { } connection ? new(connection, options, time) : null);
    }

    private sealed class RateLimitingBuilder(IServiceCollection services, string name) : IRateLimitingBuilder
    {
        public IServiceCollection Services => services;

        public string Name => name;
    }
}
