using Microsoft.AspNetCore.OpenApi;
using StratAI.Pagination;
using StratAI.Pagination.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Describes lists in OpenAPI documents.</summary>
public static class PaginationOpenApiOptionsExtensions
{
    /// <summary>
    /// Describes every operation that takes a <see cref="PageRequest"/>, of minimal APIs and controllers alike: its query parameters
    /// (<c>sort</c> where <see cref="IPageOrderMetadata"/> says by what), the 400 answer if none is described, and both forms of
    /// <see cref="PageInfo"/>. A parameter that is described already stays as it is.
    /// </summary>
    public static OpenApiOptions AddStratAIPagination(this OpenApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AddOperationTransformer(new PageOperationTransformer()).AddSchemaTransformer(new PageInfoSchemaTransformer());
    }
}
