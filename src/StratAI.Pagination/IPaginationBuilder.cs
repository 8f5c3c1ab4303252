using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Pagination;

/// <summary>What <c>AddStratAIPagination</c> returns; further services of the package attach to it.</summary>
public interface IPaginationBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>
    /// The name of this pager's <see cref="PaginationOptions"/>: empty for the default pager, the service key's text for a keyed one.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// Protects cursors by ASP.NET Core data protection instead of a <see cref="PaginationOptions.SigningKey"/>. Its key ring rotates by itself;
    /// every instance reads every other's cursors where they share the ring and the application name. Register it with
    /// <c>AddDataProtection()</c>. Cursors are longer and cost some microseconds more, and one page has a different cursor each time.
    /// </summary>
    IPaginationBuilder UseDataProtection();
}
