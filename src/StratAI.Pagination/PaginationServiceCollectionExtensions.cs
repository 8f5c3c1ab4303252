using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StratAI.Pagination;
using StratAI.Pagination.Internal;
using StratAI.Pagination.Internal.Indexes;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the package.</summary>
public static class PaginationServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="Pager"/> as a singleton. Repeating the call only adds its <paramref name="configure"/>. The options are checked when
    /// the host starts.
    /// </summary>
    public static IPaginationBuilder AddStratAIPagination(this IServiceCollection services, Action<PaginationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(static provider => PagerFactory.Create(provider, Options.Options.DefaultName));
        return AddOptions(services, Options.Options.DefaultName, configure);
    }

    /// <summary>Adds a <see cref="Pager"/> under <paramref name="serviceKey"/>, with options and so a signing key of its own.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The service key. Its text names the options.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="ArgumentException">The service key has no text.</exception>
    public static IPaginationBuilder AddKeyedStratAIPagination(
        this IServiceCollection services, object serviceKey, Action<PaginationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        var name = Convert.ToString(serviceKey, CultureInfo.InvariantCulture);
        ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(serviceKey));
        services.TryAddKeyedSingleton(serviceKey, (provider, _) => PagerFactory.Create(provider, name));
        return AddOptions(services, name, configure);
    }

    /// <summary>
    /// In development, holds the registered orders against the database's indexes once the host has started, and logs a warning for each one
    /// that is not served. It neither delays nor fails the start, and elsewhere opens no connection.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dialect">The engine.</param>
    /// <param name="open">Opens a connection, which is disposed of afterwards.</param>
    /// <param name="tables">Registers the lists.</param>
    public static IPaginationBuilder CheckIndexesAtStart(
        this IPaginationBuilder builder,
        SqlDialect dialect,
        Func<IServiceProvider, CancellationToken, Task<DbConnection>> open,
        Action<PageIndexes> tables)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(tables);
        var indexes = new PageIndexes();
        tables(indexes);
        builder.Services.AddSingleton<IHostedService>(services => new IndexCheckService(
            indexes,
            dialect,
            token => open(services, token),
            services.GetRequiredService<IHostEnvironment>(),
            services.GetRequiredService<ILogger<PageIndexes>>()));
        return builder;
    }

    private static PaginationBuilder AddOptions(IServiceCollection services, string name, Action<PaginationOptions>? configure)
    {
        services.AddLogging().AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PaginationOptions>, PaginationOptionsValidator>());
        services.TryAddSingleton<PaginationMetrics>();
        var options = services.AddOptions<PaginationOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return new(services, name);
    }
}
