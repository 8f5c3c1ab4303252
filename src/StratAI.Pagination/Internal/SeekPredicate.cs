namespace StratAI.Pagination.Internal;

/// <summary>
/// The condition for rows beyond a position. Keys of one direction that are never null compare as one row value, which both engines turn
/// into the start of an index scan. Any other key is compared by itself before the keys behind it. No condition negates another: a
/// comparison with null is unknown, and unknown must stay "not this row".
/// </summary>
internal static class SeekPredicate
{
    public static string Build<T>(ReadOnlySpan<OrderedKey<T>> keys, CursorPosition position, SqlParameters parameters) =>
        Build(keys, position, parameters, first: 0);

    private static string Build<T>(ReadOnlySpan<OrderedKey<T>> keys, CursorPosition position, SqlParameters parameters, int first)
    {
        var remaining = keys[first..];
        if (IsUniform(remaining))
        {
            return CompareRows(remaining, position, parameters, first);
        }

        var (key, descending) = remaining[0];
        var beyond = Operator(descending, position);
        if (position.Values[first] is not { } value)
        {
            // Nulls come last, so going back everything that is not null lies beyond; going forward nothing but the other nulls does.
            var rest = Build(keys, position, parameters, first + 1);
            return position.IsBackward ? $"({key.Sql} IS NOT NULL OR {rest})" : $"({key.Sql} IS NULL AND {rest})";
        }

        var edge = parameters.Add(value);
        var behind = Build(keys, position, parameters, first + 1);
        return key.IsNullable && !position.IsBackward
            ? $"({key.Sql} {beyond} {edge} OR {key.Sql} IS NULL OR ({key.Sql} = {edge} AND {behind}))"
            // The first comparison follows from the others; it is there because an index scan can start from it.
            : $"({key.Sql} {beyond}= {edge} AND ({key.Sql} {beyond} {edge} OR {behind}))";
    }

    private static string CompareRows<T>(ReadOnlySpan<OrderedKey<T>> keys, CursorPosition position, SqlParameters parameters, int first)
    {
        var columns = new string[keys.Length];
        var values = new string[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            columns[i] = keys[i].Key.Sql;
            values[i] = parameters.Add(position.Values[first + i]!);
        }

        var comparison = Operator(keys[0].Descending, position) + (position.IsInclusive ? "=" : "");
        return keys.Length == 1
            ? $"{columns[0]} {comparison} {values[0]}"
            : $"({string.Join(", ", columns)}) {comparison} ({string.Join(", ", values)})";
    }

    private static bool IsUniform<T>(ReadOnlySpan<OrderedKey<T>> keys)
    {
        foreach (var key in keys)
        {
            if (key.Key.IsNullable || key.Descending != keys[0].Descending)
            {
                return false;
            }
        }

        return true;
    }

    private static string Operator(bool descending, CursorPosition position) => descending == position.IsBackward ? ">" : "<";
}
