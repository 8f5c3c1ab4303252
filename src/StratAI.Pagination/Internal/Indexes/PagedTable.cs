namespace StratAI.Pagination.Internal.Indexes;

/// <summary>A registered list.</summary>
internal sealed record PagedTable(PageOrder Order, string Name, IReadOnlyList<string> Equal, string? Predicate);
