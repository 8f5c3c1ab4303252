namespace StratAI.Pagination.Internal;

/// <summary>One condition of a range. <paramref name="IsRow"/>: the key and all behind it compare as one row value.</summary>
internal readonly record struct SeekTerm(int Key, SeekOperator Operator, bool IsRow = false);

/// <summary>
/// A stretch of the list without gaps, where all of its conditions hold. What lies beyond a position is the sum of a few, each of which an index
/// in the list's order holds in one piece. The one condition with OR that says the same would begin in the index at the position's first
/// key and filter every row that ties with it: for a key of few values, half of the list.
/// </summary>
internal sealed record SeekRange(IReadOnlyList<SeekTerm> Terms)
{
    /// <summary>The stretches that make up the page's list, in its direction of travel. One without terms is the whole list.</summary>
    /// <param name="query">The page.</param>
    /// <param name="rowValues">Whether the engine compares row values by one condition.</param>
    public static List<SeekRange> Of<T>(PageQuery<T> query, bool rowValues)
    {
        if (query.Position is { } position)
        {
            var ranges = new List<SeekRange>();
            Beyond(query.Keys, position, rowValues, [], ranges);
            return ranges;
        }

        // Where the engine would put nulls first, the list begins in the middle of an index. Taken as two stretches it needs none of its own.
        var (first, descending) = query.Keys[0];
        return first.IsNullable && query.Offset is null or 0 && !PutsNullsLast(query.Dialect, descending)
            ? [new([new(0, SeekOperator.IsNotNull)]), new([new(0, SeekOperator.IsNull)])]
            : [new([])];
    }

    /// <summary>PostgreSQL takes null for larger than everything, SQLite and LINQ to Objects for smaller.</summary>
    public static bool PutsNullsLast(SqlDialect dialect, bool descending) => dialect == SqlDialect.PostgreSql ? !descending : descending;

    private static void Beyond<T>(
        OrderedKey<T>[] keys, CursorPosition position, bool rowValues, IReadOnlyList<SeekTerm> prefix, List<SeekRange> ranges)
    {
        var at = prefix.Count;
        var (key, descending) = keys[at];
        var value = position.Values[at];
        var isLast = at == keys.Length - 1;
        if (isLast || (value is not null && rowValues && ComparesAsRow(keys, at)))
        {
            Add(new(at, Operator(descending, position, position.IsInclusive), IsRow: true));
        }
        else
        {
            Beyond(keys, position, rowValues, [.. prefix, new(at, value is null ? SeekOperator.IsNull : SeekOperator.Equal)], ranges);
            if (value is not null)
            {
                Add(new(at, Operator(descending, position, inclusive: false)));
            }
            else if (position.IsBackward)
            {
                Add(new(at, SeekOperator.IsNotNull));
            }
        }

        // Nulls come last: behind every value, and before it when travelling back, where they were passed already.
        if (key.IsNullable && value is not null && !position.IsBackward)
        {
            Add(new(at, SeekOperator.IsNull));
        }

        void Add(SeekTerm term) => ranges.Add(new([.. prefix, term]));
    }

    /// <summary>A comparison of row values that meets a null behind its first value is unknown, and would lose the row.</summary>
    private static bool ComparesAsRow<T>(OrderedKey<T>[] keys, int first)
    {
        for (var i = first + 1; i < keys.Length; i++)
        {
            if (keys[i].Key.IsNullable || keys[i].Descending != keys[first].Descending)
            {
                return false;
            }
        }

        return true;
    }

    private static SeekOperator Operator(bool descending, CursorPosition position, bool inclusive) => (descending == position.IsBackward, inclusive) switch
    {
        (true, true) => SeekOperator.GreaterOrEqual,
        (true, false) => SeekOperator.Greater,
        (false, true) => SeekOperator.LessOrEqual,
        (false, false) => SeekOperator.Less,
    };
}
