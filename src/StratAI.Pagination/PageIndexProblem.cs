namespace StratAI.Pagination;

/// <summary>What stands between a declared order and its index.</summary>
public enum PageIndexProblem
{
    /// <summary>No index holds the rows in the order: every page sorts the whole list.</summary>
    MissingIndex,

    /// <summary>Nothing in the database makes the tie-breaker unique among a list's rows: ties would be skipped or repeated.</summary>
    NotUnique,

    /// <summary>A key is declared as never null, and its column can hold null: a page with such a row fails.</summary>
    NullableColumn,

    /// <summary>There is no such table or column.</summary>
    NotFound,

    /// <summary>The order cannot be held against the database's indexes; the detail says why.</summary>
    NotChecked,
}
