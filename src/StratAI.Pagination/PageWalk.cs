using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>Checks from a test of any framework that a list keeps the promises of paging by cursor.</summary>
public static class PageWalk
{
    /// <summary>
    /// Walks a list to its end by <c>nextCursor</c> and back to its start by <c>prevCursor</c>, and throws unless: every row that is there
    /// throughout is met exactly once in each direction, in one and the same order; no page is over the limit or has a row twice;
    /// <c>hasMore</c> agrees with the cursor of the direction of travel; the first page has no <c>prevCursor</c>; from every page a cursor
    /// leads back to what was met before it; and both walks end.
    /// </summary>
    /// <remarks>
    /// A list that does not change (no <see cref="PageWalkOptions.BetweenPages"/>) must also have no row that <paramref name="ids"/> does
    /// not know and no empty page at its end, read the same one row at a time, and lead by every page's cursors, at a limit of 1, to the
    /// very row beside that page. Let nothing else change the list meanwhile.
    /// </remarks>
    /// <param name="read">
    /// Reads the page that is asked for, in the caller's own way, such as over HTTP. The first has neither offset nor cursor.
    /// </param>
    /// <param name="id">What tells a row from any other.</param>
    /// <param name="ids">
    /// Every id that is in the list now, read without paging. In the list's order, if it can be had: a failure then says where a row was
    /// skipped.
    /// </param>
    /// <param name="options">How to walk; see there for the defaults.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="PageWalkException">A promise was broken, or <paramref name="read"/> failed.</exception>
    public static Task CheckAsync<T, TId>(
        Func<PageRequest, CancellationToken, Task<Page<T>>> read,
        Func<T, TId> id,
        Func<CancellationToken, Task<IReadOnlyCollection<TId>>> ids,
        PageWalkOptions? options = null,
        CancellationToken cancellationToken = default)
        where TId : notnull
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(ids);
        return new PageWalker<T, TId>(read, id, ids, options ?? new()).CheckAsync(cancellationToken);
    }
}
