using System.Linq.Expressions;

namespace StratAI.Pagination.Internal;

/// <summary>Writes the page of an <see cref="IQueryable{T}"/>.</summary>
internal static class QueryComposer
{
    public static IQueryable<T> Compose<T>(PageQuery<T> query, IQueryable<T> source)
    {
        foreach (var (key, _) in query.Keys)
        {
            if (key.Collation is { } collation && collation != TextCollation.Column)
            {
                throw new InvalidOperationException(
                    $"The sort key '{key.Name}' states a collation, which an IQueryable cannot. State TextCollation.Column, and the collation in the model.");
            }
        }

        var ranges = SeekRange.Of(query, rowValues: false);
        if (ranges.Count > 1 && !CanUnite(source))
        {
            return Take(query, Sort(query, source.Where(AnyOf(query, ranges)), row: null, isFirst: true, nullsOfFirst: true));
        }

        var parts = ranges.ConvertAll(range => Take(query, Sort(query, Where(query, source, range), null, isFirst: true, query.Offset > 0)));
        return parts.Count == 1
            ? parts[0]
            : Take(query, Sort(query, parts.Aggregate(Queryable.Concat), row: null, isFirst: true, nullsOfFirst: true));
    }

    /// <summary>Whether the query can be united with another: Entity Framework Core cannot where collections are included.</summary>
    public static bool CanUnite<T>(IQueryable<T> source) => !Includes.In(source.Expression);

    /// <summary>Puts rows in the page's order of travel.</summary>
    public static IQueryable<TRow> Sort<T, TRow>(
        PageQuery<T> query, IQueryable<TRow> source, Expression<Func<TRow, T>>? row, bool isFirst, bool nullsOfFirst)
    {
        for (var i = 0; i < query.Keys.Length; i++)
        {
            var (key, declared) = query.Keys[i];
            var descending = declared != query.IsBackward;
            if (key.IsNullable && (i > 0 || nullsOfFirst) && SeekRange.PutsNullsLast(query.Dialect, descending) == query.IsBackward)
            {
                // LINQ has no word for where nulls go; whether it is null is a key of its own, false before true.
                source = key.Sort(source, row, ofNull: true, descending: query.IsBackward, isFirst);
                isFirst = false;
            }

            source = key.Sort(source, row, ofNull: false, descending, isFirst);
            isFirst = false;
        }

        return source;
    }

    private static IQueryable<T> Take<T>(PageQuery<T> query, IQueryable<T> sorted)
    {
        var (skip, take) = (query.Offset ?? 0, query.Take);
        return skip > 0 ? sorted.Skip(skip).Take(take) : sorted.Take(take);
    }

    private static IQueryable<T> Where<T>(PageQuery<T> query, IQueryable<T> source, SeekRange range)
    {
        if (range.Terms.Count == 0)
        {
            return source;
        }

        var row = Expression.Parameter(typeof(T), "row");
        return source.Where(Expression.Lambda<Func<T, bool>>(AllOf(query, range, row), row));
    }

    /// <summary>
    /// The ranges as one condition, for queries that cannot be united. The bound on the first key follows from the others; it is there because an index
    /// scan can start from it.
    /// </summary>
    private static Expression<Func<T, bool>> AnyOf<T>(PageQuery<T> query, List<SeekRange> ranges)
    {
        var row = Expression.Parameter(typeof(T), "row");
        var any = ranges.Select(range => AllOf(query, range, row)).Aggregate(Expression.OrElse);
        var (first, declared) = query.Keys[0];
        if (!first.IsNullable && query.Position is { } position)
        {
            var bound = declared == query.IsBackward ? SeekOperator.GreaterOrEqual : SeekOperator.LessOrEqual;
            any = Expression.AndAlso(first.Compare(row, bound, position.Values[0]), any);
        }

        return Expression.Lambda<Func<T, bool>>(any, row);
    }

    private static Expression AllOf<T>(PageQuery<T> query, SeekRange range, ParameterExpression row) =>
        range.Terms.Select(term => query.Keys[term.Key].Key.Compare(row, term.Operator, query.Position?.Values[term.Key])).Aggregate(Expression.AndAlso);

    private sealed class Includes : ExpressionVisitor
    {
        private bool _found;

        public static bool In(Expression query)
        {
            var visitor = new Includes();
            visitor.Visit(query);
            return visitor._found;
        }

        protected override Expression VisitMethodCall(MethodCallExpression node)
        {
            _found |= node.Method.Name == "Include";
            return base.VisitMethodCall(node);
        }
    }
}
