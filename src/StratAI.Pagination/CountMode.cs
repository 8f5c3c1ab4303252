namespace StratAI.Pagination;

/// <summary>How the rows of the whole list are counted; in a query the value is written in lower case (<c>?count=capped</c>).</summary>
public enum CountMode
{
    /// <summary>No count is made and no total is answered. The default in cursor mode.</summary>
    None,

    /// <summary>Every row is counted. The default in offset mode. Its cost grows with the list.</summary>
    Exact,

    /// <summary>
    /// A cheap figure. At present counted like <see cref="Capped"/> on both engines and labelled by what is known: exact up to the cap,
    /// at least the cap beyond it.
    /// </summary>
    Estimated,

    /// <summary>At most 10,000 rows are counted; a longer list answers 10,000 with <see cref="TotalPrecision.AtLeast"/>.</summary>
    Capped,
}
