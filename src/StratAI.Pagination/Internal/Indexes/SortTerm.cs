namespace StratAI.Pagination.Internal.Indexes;

/// <summary>One key of an order in a direction, as far as its index is concerned.</summary>
internal sealed record SortTerm(string Name, string? Sql, bool IsText, bool IsNullable, TextCollation? Collation, bool Descending);
