using System.Globalization;
using System.Linq.Expressions;

namespace StratAI.Pagination.Internal;

/// <summary>Writes the statement that reads the first rows of many lists.</summary>
internal static class BatchComposer
{
    private const int HiddenColumns = 1;

    public static PageSql Compose<T, TParent>(
        PageQuery<T> query, IReadOnlyList<TParent> parents, string select, string from, string where, string parent)
        where TParent : notnull
    {
        var order = string.Join(", ", query.Keys.Select(key => key.Key.SqlIn(query.Dialect) + SqlComposer<T>.Direction(query, key, nulls: true)));
        var condition = string.IsNullOrWhiteSpace(where) ? "" : $"({where}) AND ";
        if (parents.Count == 0)
        {
            return new($"SELECT {select}, 0 AS page_n FROM {from} WHERE {condition}1 = 0", new Dictionary<string, object?>(), HiddenColumns);
        }

        var parameters = new SqlParameters();
        var ids = parents.Select(each => parameters.Add(each)).ToArray();
        var text = query.Dialect == SqlDialect.PostgreSql
            ? string.Create(CultureInfo.InvariantCulture, $"""
                SELECT page_rows.* FROM (VALUES {string.Join(", ", ids.Select(id => $"({id})"))}) AS page_parents (id) CROSS JOIN LATERAL (
                SELECT {select}, row_number() OVER (ORDER BY {order}) AS page_n FROM {from} WHERE {condition}{parent} = page_parents.id ORDER BY {order} LIMIT {query.Take}
                ) AS page_rows ORDER BY page_n
                """)
            : string.Create(CultureInfo.InvariantCulture, $"""
                SELECT * FROM (
                SELECT {select}, row_number() OVER (PARTITION BY {parent} ORDER BY {order}) AS page_n FROM {from} WHERE {condition}{parent} IN ({string.Join(", ", ids)})
                ) AS page_rows WHERE page_n <= {query.Take} ORDER BY page_n
                """);
        return new(text, parameters.Values, HiddenColumns);
    }

    public static IQueryable<T> Compose<T, TParent>(
        PageQuery<T> query, List<TParent> parents, IQueryable<T> source, Expression<Func<T, TParent>> parentOf)
    {
        Expression<Func<TParent, bool>> isAsked = parent => parents.Contains(parent);
        var row = parentOf.Parameters[0];
        var children = source.Where(Expression.Lambda<Func<T, bool>>(Substitution.Of(isAsked, parentOf.Body), row));

        // The list of one parent, as an expression with that parent open.
        var parent = Expression.Parameter(typeof(TParent), "parent");
        var ofParent = children.Where(Expression.Lambda<Func<T, bool>>(Expression.Equal(parentOf.Body, parent), row));
        var page = QueryComposer.Sort(query, ofParent, row: null, isFirst: true, nullsOfFirst: true).Take(query.Take);
        var pages = children.Select(parentOf).Distinct()
            .SelectMany(Expression.Lambda<Func<TParent, IEnumerable<T>>>(page.Expression, parent));
        return QueryComposer.Sort(query, pages, row: null, isFirst: true, nullsOfFirst: true);
    }
}
