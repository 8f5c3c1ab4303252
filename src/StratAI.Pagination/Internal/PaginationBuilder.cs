using Microsoft.Extensions.DependencyInjection;

namespace StratAI.Pagination.Internal;

internal sealed record PaginationBuilder(IServiceCollection Services, string Name) : IPaginationBuilder
{
    public IPaginationBuilder UseDataProtection()
    {
        Services.Configure<PaginationOptions>(Name, options => options.UsesDataProtection = true);
        return this;
    }
}
