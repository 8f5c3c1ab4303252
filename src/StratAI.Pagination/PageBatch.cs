using System.Data.Common;
using System.Linq.Expressions;
using StratAI.Pagination.Internal;

namespace StratAI.Pagination;

/// <summary>
/// The first pages of many lists of one kind, such as the latest messages of each conversation, read by one statement. Made by
/// <see cref="Pager.PlanBatch"/>.
/// </summary>
/// <typeparam name="T">A row.</typeparam>
/// <typeparam name="TParent">What tells the lists apart.</typeparam>
public sealed class PageBatch<T, TParent>
    where TParent : notnull
{
    private readonly Dictionary<TParent, PagePlan<T>> _lists;
    private readonly PageQuery<T> _first;

    internal PageBatch(Dictionary<TParent, PagePlan<T>> lists, PageQuery<T> first) => (_lists, _first) = (lists, first);

    /// <summary>
    /// The batch as SQL: in PostgreSQL one index scan for each parent (<c>LATERAL</c>), in SQLite one pass over the children of all of them. The
    /// arguments are code, as of <see cref="PagePlan{T}.Compose"/>; one column, <c>page_n</c>, stands behind those of the SELECT list.
    /// </summary>
    /// <param name="select">The SELECT list, without the keyword. It includes the parent and what the order's keys are read from.</param>
    /// <param name="from">The FROM clause without the keyword.</param>
    /// <param name="where">A condition on the children, without the keyword; empty for none.</param>
    /// <param name="parent">The column or expression that holds a child's parent.</param>
    /// <exception cref="InvalidOperationException">A key of the order was declared without SQL.</exception>
    public PageSql Compose(string select, string from, string where, string parent)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(select);
        ArgumentException.ThrowIfNullOrWhiteSpace(from);
        ArgumentNullException.ThrowIfNull(where);
        ArgumentException.ThrowIfNullOrWhiteSpace(parent);
        return BatchComposer.Compose(_first, [.. _lists.Keys], select, from, where, parent);
    }

    /// <summary>Makes the pages of what <see cref="Compose"/>'s text returns: one for each parent, empty where it has no rows.</summary>
    /// <param name="reader">The result of the text, at its beginning. The caller disposes of it.</param>
    /// <param name="read">Makes a row of the reader's current record.</param>
    /// <param name="parentOf">Reads the parent off a row.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">A row is of no parent that was asked for, or as of a page's reader.</exception>
    public async Task<IReadOnlyDictionary<TParent, Page<T>>> ReadAsync(
        DbDataReader reader, Func<DbDataReader, T> read, Func<T, TParent> parentOf, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(parentOf);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return ToPages(rows, parentOf);
    }

    /// <summary>Reads the pages of a query by one statement.</summary>
    /// <param name="source">The children, filtered and in no order; as of <see cref="PagePlan{T}.QueryAsync"/>.</param>
    /// <param name="parentOf">A child's parent.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="NotSupportedException">The provider runs queries only by blocking a thread.</exception>
    public async Task<IReadOnlyDictionary<TParent, Page<T>>> QueryAsync(
        IQueryable<T> source, Expression<Func<T, TParent>> parentOf, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(parentOf);
        var query = BatchComposer.Compose(_first, [.. _lists.Keys], source, parentOf);
        return ToPages(await QueryReader.ToListAsync(query, cancellation).ConfigureAwait(false), parentOf.Compile());
    }

    private Dictionary<TParent, Page<T>> ToPages(List<T> rows, Func<T, TParent> parentOf)
    {
        var children = _lists.Keys.ToDictionary(parent => parent, _ => new List<T>());
        foreach (var row in rows)
        {
            var parent = parentOf(row);
            if (!children.TryGetValue(parent, out var list))
            {
                throw new InvalidOperationException($"A row is of the parent '{parent}', which was not asked for. Is the parent read off it as it is stored?");
            }

            list.Add(row);
        }

        return children.ToDictionary(list => list.Key, list => _lists[list.Key].ToPage(list.Value));
    }
}
