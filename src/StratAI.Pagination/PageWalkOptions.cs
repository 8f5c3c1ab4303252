namespace StratAI.Pagination;

/// <summary>How <see cref="PageWalk"/> walks a list.</summary>
public sealed class PageWalkOptions
{
    /// <summary>The rows per page, 1 to 100; 7 unless set. Take it so small that the list has several pages.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Limit
    {
        get;
        init => field = value is >= 1 and <= PageRequest.MaximumLimit
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Limit), value, $"A page has 1 to {PageRequest.MaximumLimit} rows.");
    } = 7;

    /// <summary>The order to walk in, as a client would ask for it; null for the list's default.</summary>
    public string? Sort { get; init; }

    /// <summary>
    /// Runs between any two pages: insert and delete rows here. What the list is sorted by must not change on rows that stay, for then no
    /// walk by cursor can keep its promise. Null when the list does not change, which is checked more strictly.
    /// </summary>
    public Func<CancellationToken, Task>? BetweenPages { get; init; }

    /// <summary>The pages per direction after which a walk counts as endless; 1,000 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaximumPages
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaximumPages), value, "A walk has at least one page.");
    } = 1000;
}
