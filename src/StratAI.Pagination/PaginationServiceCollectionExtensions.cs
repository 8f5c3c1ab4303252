using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StratAI.Pagination;
using StratAI.Pagination.Internal;

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
        services.AddLogging().AddMetrics();
        var options = services.AddOptions<PaginationOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PaginationOptions>, PaginationOptionsValidator>());
        services.TryAddSingleton<PaginationMetrics>();
        services.TryAddSingleton(provider => new Pager(
            new CursorProtector(CursorKeyRing.Create(
                provider.GetRequiredService<IOptions<PaginationOptions>>().Value, provider.GetRequiredService<ILogger<Pager>>())),
            provider.GetRequiredService<PaginationMetrics>()));
        return new PaginationBuilder(services);
    }
}
