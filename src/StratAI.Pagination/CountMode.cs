namespace StratAI.Pagination;

/// <summary>How the rows of the whole list are counted; in a query the value is written in lower case (<c>?count=capped</c>).</summary>
public enum CountMode
{
    /// <summary>No count is made and no total is answered. The default in cursor mode.</summary>
    None,

    /// <summary>Every row is counted. The default in offset mode. Its cost grows with the list.</summary>
    Exact,

    /// <summary>
    /// What PostgreSQL's planner expects, by <c>EXPLAIN</c>, at a cost that does not grow with the list; where the page itself shows that it is the
    /// last, the exact figure. SQLite has no such estimate and <see cref="IQueryable{T}"/> no way to ask for it: there it counts as
    /// <see cref="Capped"/> does.
    /// </summary>
    Estimated,

    /// <summary>At most 10,000 rows are counted; a longer list answers 10,000 with <see cref="TotalPrecision.AtLeast"/>.</summary>
    Capped,
}
