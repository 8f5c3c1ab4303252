using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>
/// How one request's page is read. Check <see cref="Error"/>, run <see cref="Compose"/>'s text, and hand the rows to <see cref="ToPage"/>.
/// </summary>
/// <typeparam name="T">A row.</typeparam>
public sealed class PagePlan<T>
{
    private readonly PageQuery<T>? _query;

    internal PagePlan(PageQuery<T> query) => _query = query;

    internal PagePlan(PageError error) => Error = error;

    /// <summary>What is wrong with the request; null when the page can be read. When set, nothing else can be used.</summary>
    public PageError? Error { get; }

    /// <summary>Whether <see cref="Compose"/>'s text has a second result set, one row of one 64-bit integer.</summary>
    public bool HasCount => Query.Count != CountMode.None;

    private PageQuery<T> Query =>
        _query ?? throw new InvalidOperationException($"The page request was refused ({Error?.Code}); look at Error first.");

    /// <summary>
    /// The page as SQL. The arguments are code, never input: what comes from a client belongs into parameters, which the caller binds
    /// beside those of <see cref="PageSql.Parameters"/>. Parameter names beginning with <c>page_</c> are taken.
    /// </summary>
    /// <param name="select">The SELECT list, without the keyword. It includes what the order's keys are read from.</param>
    /// <param name="from">The FROM clause without the keyword; joins belong here. A row must not appear in it twice.</param>
    /// <param name="where">
    /// The condition without the keyword; empty for none. One expression: no GROUP BY, ORDER BY or trailing comment.
    /// </param>
    /// <exception cref="InvalidOperationException"><see cref="Error"/> is set.</exception>
    public PageSql Compose(string select, string from, string where)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(select);
        ArgumentException.ThrowIfNullOrWhiteSpace(from);
        ArgumentNullException.ThrowIfNull(where);
        return SqlComposer.Compose(Query, select, from, where);
    }

    /// <summary>Makes the page of what the statement returned.</summary>
    /// <param name="rows">
    /// Every row of the page statement, in the order in which they came: one more than the limit when there are more.
    /// </param>
    /// <param name="count">The value of the second result set; required when <see cref="HasCount"/>.</param>
    /// <exception cref="InvalidOperationException">
    /// <see cref="Error"/> is set; a row holds null in a key that is declared as never null; or a row's keys are too long for a cursor of
    /// 4,096 characters.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The count that was asked for is missing, or there are more rows than the statement returns.
    /// </exception>
    public Page<T> ToPage(IReadOnlyList<T> rows, long? count = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count > Query.Limit + 1)
        {
            throw new ArgumentException($"A page of {Query.Limit} has at most {Query.Limit + 1} rows; got {rows.Count}.", nameof(rows));
        }

        if (count is null && HasCount)
        {
            throw new ArgumentException("The request asked for a count; pass the second result set's value.", nameof(count));
        }

        var more = rows.Count > Query.Limit;
        var data = InListOrder(rows, more);
        var (previous, next) = Cursors(data, more);
        return new(data, new PageInfo
        {
            Offset = Query.Offset,
            Limit = Query.Limit,
            Total = IsBeyondCap(count) ? SqlComposer.CountCap : count,
            Precision = IsBeyondCap(count) ? TotalPrecision.AtLeast : TotalPrecision.Exact,
            HasMore = more,
            NextCursor = next,
            PrevCursor = previous,
        });
    }

    private bool IsBeyondCap(long? count) => count > SqlComposer.CountCap && Query.Count is CountMode.Capped or CountMode.Estimated;

    private T[] InListOrder(IReadOnlyList<T> rows, bool more)
    {
        var data = new T[more ? rows.Count - 1 : rows.Count];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = rows[i];
        }

        if (Query.Position is { IsBackward: true })
        {
            Array.Reverse(data);
        }

        return data;
    }

    /// <summary>
    /// Towards where the client travels there is a page when one row more was found; back to where it came from there is always one, unless
    /// an empty page has just shown that there is not.
    /// </summary>
    private (string? Previous, string? Next) Cursors(T[] data, bool more)
    {
        if (Query.Position is not { } position)
        {
            return (null, more ? Query.CursorAt(data[^1], Travel.After) : null);
        }

        if (data.Length == 0)
        {
            var back = position.IsInclusive ? null : Query.CursorBack(position);
            return position.IsBackward ? (null, back) : (back, null);
        }

        return position.IsBackward
            ? (more ? Query.CursorAt(data[0], Travel.Before) : null, position.IsInclusive ? null : Query.CursorAt(data[^1], Travel.After))
            : (position.IsInclusive ? null : Query.CursorAt(data[0], Travel.Before), more ? Query.CursorAt(data[^1], Travel.After) : null);
    }
}
