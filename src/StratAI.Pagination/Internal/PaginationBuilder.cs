using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Pagination.Internal;

internal sealed record PaginationBuilder(IServiceCollection Services) : IPaginationBuilder;
