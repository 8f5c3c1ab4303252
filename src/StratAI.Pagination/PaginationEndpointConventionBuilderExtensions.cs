using StratAI.Pagination;
using StratAI.Pagination.Internal;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Says of endpoints how their lists are paged.</summary>
public static class PaginationEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Says by what the endpoint's list can be sorted, so that the OpenAPI document lists it (<see cref="IPageOrderMetadata"/>). The last
    /// call wins. How the endpoint sorts is up to what it passes to <see cref="Pager.Plan"/>.
    /// </summary>
    public static TBuilder WithPageOrder<TBuilder>(this TBuilder builder, PageOrder order)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(order);
        builder.Add(endpoint => endpoint.Metadata.Add(new PageOrderMetadata(order)));
        return builder;
    }
}
