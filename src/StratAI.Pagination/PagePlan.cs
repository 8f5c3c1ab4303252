using System.Data.Common;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>
/// How one request's page is read. Check <see cref="Error"/>; then either run <see cref="Compose"/>'s text and hand its reader over, or hand over an
/// <see cref="IQueryable{T}"/>.
/// </summary>
/// <typeparam name="T">A row.</typeparam>
public sealed class PagePlan<T>
{
    private readonly PageQuery<T>? _query;

    internal PagePlan(PageQuery<T> query) => _query = query;

    internal PagePlan(PageError error) => Error = error;

    /// <summary>What is wrong with the request; null when the page can be read. When set, nothing else can be used.</summary>
    public PageError? Error { get; }

    private PageQuery<T> Query =>
        _query ?? throw new InvalidOperationException($"The page request was refused ({Error?.Code}); look at Error first.");

    /// <summary>
    /// The page as SQL. The arguments are code, never input: what comes from a client belongs into parameters, which the caller binds
    /// beside those of <see cref="PageSql.Parameters"/>. Names beginning with <c>page_</c> are taken, of parameters and of tables.
    /// </summary>
    /// <param name="select">The SELECT list, without the keyword. It includes what the order's keys are read from.</param>
    /// <param name="from">The FROM clause without the keyword; joins belong here. A row must not appear in it twice.</param>
    /// <param name="where">
    /// The condition without the keyword; empty for none. One expression: no GROUP BY, ORDER BY or trailing comment.
    /// </param>
    /// <exception cref="InvalidOperationException"><see cref="Error"/> is set, or a key of the order was declared without SQL.</exception>
    public PageSql Compose(string select, string from, string where)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(select);
        ArgumentException.ThrowIfNullOrWhiteSpace(from);
        ArgumentNullException.ThrowIfNull(where);
        return new SqlComposer<T>(Query, select, from, where).Compose();
    }

    /// <summary>Makes the page of what <see cref="Compose"/>'s text returns.</summary>
    /// <param name="reader">The result of the whole text, at its beginning. The caller disposes of it.</param>
    /// <param name="read">Makes a row of the reader's current record. Columns after those of the SELECT list are not the caller's.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">
    /// <see cref="Error"/> is set; the reader is not of the composed text; a row holds null in a key that is declared as never null; or a row's keys
    /// are too long for a cursor of 4,096 characters.
    /// </exception>
    public async Task<Page<T>> ReadAsync(DbDataReader reader, Func<DbDataReader, T> read, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(read);
        var rows = new List<T>(Query.Take);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return ToPage(rows, Query.Count == CountMode.None ? null : await PageTotal.ReadAsync(reader, cancellation).ConfigureAwait(false));
    }

    /// <summary>Reads the page of a query, with its count, in one round trip.</summary>
    /// <param name="source">
    /// The list, filtered and in no order. Of a provider that runs queries asynchronously, such as Entity Framework Core, or in memory. Its rows are
    /// entities, or objects made by an initialiser: a constructor's arguments cannot be sorted by. A query that includes collections takes a second round
    /// trip to count behind an empty page.
    /// </param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">
    /// As with a reader; or the provider cannot translate a key, or a key states another collation than <see cref="TextCollation.Column"/>.
    /// </exception>
    /// <exception cref="NotSupportedException">The provider runs queries only by blocking a thread.</exception>
    public async Task<Page<T>> QueryAsync(IQueryable<T> source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var (rows, count) = await QueryReader.ReadAsync(Query, source, cancellation).ConfigureAwait(false);
        return ToPage(rows, count is { } counted ? new PageCount(counted, IsPlanned: false) : null);
    }

    /// <param name="rows">Every row of the page statement, in the order in which they came: one more than the limit when there are more.</param>
    /// <param name="count">What the database answered; null when nothing was to be counted.</param>
    internal Page<T> ToPage(IReadOnlyList<T> rows, PageCount? count = null)
    {
        if (rows.Count > Query.Take)
        {
            throw new InvalidOperationException($"A page of {Query.Limit} has at most {Query.Take} rows; got {rows.Count}.");
        }

        var more = rows.Count > Query.Limit;
        var data = InListOrder(rows, more);
        var (previous, next) = Cursors(data, more);
        var total = PageTotal.Of(Query, count, rows.Count);
        return new(data, new PageInfo
        {
            Offset = Query.Offset,
            Limit = Query.Limit,
            Total = total.Rows,
            Precision = total.Precision,
            HasMore = more,
            NextCursor = next,
            PrevCursor = previous,
        });
    }

    private T[] InListOrder(IReadOnlyList<T> rows, bool more)
    {
        var data = new T[more ? rows.Count - 1 : rows.Count];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = rows[i];
        }

        if (Query.IsBackward)
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
