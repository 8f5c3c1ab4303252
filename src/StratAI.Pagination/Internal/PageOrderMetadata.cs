namespace StratAI.Pagination.Internal;

internal sealed record PageOrderMetadata(PageOrder Order) : IPageOrderMetadata;
