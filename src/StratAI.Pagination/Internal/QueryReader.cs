namespace StratAI.Pagination.Internal;

/// <summary>Runs the page of an <see cref="IQueryable{T}"/> and counts its list.</summary>
internal static class QueryReader
{
    private const int IsRow = -1;

    public static async Task<(IReadOnlyList<T> Rows, long? Count)> ReadAsync<T>(PageQuery<T> query, IQueryable<T> source, CancellationToken cancellation)
    {
        var page = QueryComposer.Compose(query, source);
        if (query.Count == CountMode.None)
        {
            return (await ToListAsync(page, cancellation).ConfigureAwait(false), null);
        }

        // One row more than the cap tells that there are more.
        var counted = query.Count == CountMode.Exact ? source : source.Take(PageTotal.Cap + 1);
        return QueryComposer.CanUnite(source)
            ? await ReadUnitedAsync(query, source, page, counted, cancellation).ConfigureAwait(false)
            : await ReadBesideAsync(query, page, counted, cancellation).ConfigureAwait(false);
    }

    public static async Task<List<TRow>> ToListAsync<TRow>(IQueryable<TRow> query, CancellationToken cancellation)
    {
        if (query is IAsyncEnumerable<TRow> rows)
        {
            var list = new List<TRow>();
            await foreach (var row in rows.WithCancellation(cancellation).ConfigureAwait(false))
            {
                list.Add(row);
            }

            return list;
        }

        return query is EnumerableQuery<TRow>
            ? [.. query]
            : throw new NotSupportedException($"The query of {query.Provider.GetType().Name} cannot be run without blocking a thread.");
    }

    /// <summary>Any row of the list, beside the page, carries the count: it is there however empty the page. A list without a row has none.</summary>
    private static async Task<(IReadOnlyList<T> Rows, long? Count)> ReadUnitedAsync<T>(
        PageQuery<T> query, IQueryable<T> source, IQueryable<T> page, IQueryable<T> counted, CancellationToken cancellation)
    {
        var tieBreaker = query.Keys[^1].Key;
        var united = page.Select(row => new Counted<T> { Row = row, Total = IsRow })
            .Concat(tieBreaker.Sort(source, null, ofNull: false, descending: false, isFirst: true).Take(1)
                .Select(row => new Counted<T> { Row = row, Total = counted.LongCount() }))
            .OrderBy(each => each.Total);
        var all = await ToListAsync(
            QueryComposer.Sort(query, united, each => each.Row, isFirst: false, nullsOfFirst: true), cancellation).ConfigureAwait(false);
        return all is [.. var rows, { Total: not IsRow and var total }] ? (rows.ConvertAll(each => each.Row), total) : ([], 0);
    }

    private static async Task<(IReadOnlyList<T> Rows, long? Count)> ReadBesideAsync<T>(
        PageQuery<T> query, IQueryable<T> page, IQueryable<T> counted, CancellationToken cancellation)
    {
        var all = await ToListAsync(page.Select(row => new Counted<T> { Row = row, Total = counted.LongCount() }), cancellation).ConfigureAwait(false);
        if (all is [{ Total: var total }, ..])
        {
            return (all.ConvertAll(each => each.Row), total);
        }

        var one = await ToListAsync(counted.GroupBy(row => 1).Select(rows => rows.LongCount()), cancellation).ConfigureAwait(false);
        return ([], one.SingleOrDefault());
    }

    private sealed class Counted<T>
    {
        public required T Row { get; init; }

        public required long Total { get; init; }
    }
}
