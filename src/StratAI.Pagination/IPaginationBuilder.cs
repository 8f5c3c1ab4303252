using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Pagination;

/// <summary>What <c>AddStratAIPagination</c> returns; further services of the package attach to it.</summary>
public interface IPaginationBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
