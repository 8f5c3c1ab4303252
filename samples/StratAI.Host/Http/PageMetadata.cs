using StratAI.Pagination;

namespace StratAI.Host.Http;

/// <summary>Marks a list endpoint and says how it can be sorted, for the OpenAPI document.</summary>
internal sealed record PageMetadata(IReadOnlyList<string> Fields, string Default);

internal static class PageMetadataExtensions
{
    public static RouteHandlerBuilder Pages<T>(this RouteHandlerBuilder endpoint, PageOrder<T> order) =>
        endpoint.WithMetadata(new PageMetadata(order.Fields, order.Default));
}
