namespace StratAI.Pagination;

/// <summary>How <see cref="PageInfo.Total"/> is to be read; in JSON <c>exact</c>, <c>estimated</c> and <c>atLeast</c>.</summary>
public enum TotalPrecision
{
    /// <summary>The number of rows when they were counted.</summary>
    Exact,

    /// <summary>About that many.</summary>
    Estimated,

    /// <summary>That many were counted, and there are more.</summary>
    AtLeast,
}
