namespace StratAI.Pagination.Internal;

/// <summary>Writes the statements of a page.</summary>
internal static class SqlComposer
{
    /// <summary>The most rows that a capped count looks at, less the one that proves there are more.</summary>
    public const int CountCap = 10_000;

    public static PageSql Compose<T>(PageQuery<T> query, string select, string from, string where)
    {
        var parameters = new SqlParameters();
        var seek = query.Position is { } position ? SeekPredicate.Build<T>(query.Keys, position, parameters) : "";
        var text = $"SELECT {select} FROM {from}{Where(where, seek)} ORDER BY {OrderBy(query)} LIMIT {parameters.Add(query.Limit + 1)}";
        if (query.Offset is > 0 and var offset)
        {
            text += $" OFFSET {parameters.Add(offset)}";
        }

        if (query.Count != CountMode.None)
        {
            text += $";\n{Count(query.Count, from, Where(where, seek: ""))}";
        }

        return new(text, parameters.Values);
    }

    private static string Where(string where, string seek) => (string.IsNullOrWhiteSpace(where), seek) switch
    {
        (true, "") => "",
        (true, _) => $" WHERE {seek}",
        (false, "") => $" WHERE {where}",
        (false, _) => $" WHERE ({where}) AND {seek}",
    };

    private static string Count(CountMode mode, string from, string where) => mode == CountMode.Exact
        ? $"SELECT count(*) FROM {from}{where}"
        : $"SELECT count(*) FROM (SELECT 1 FROM {from}{where} LIMIT {CountCap + 1}) AS page_rows";

    private static string OrderBy<T>(PageQuery<T> query)
    {
        var backward = query.Position is { IsBackward: true };
        return string.Join(", ", query.Keys.Select(key =>
        {
            var descending = key.Descending != backward;
            return key.Key.Sql + (descending ? " DESC" : "") + Nulls(key.Key.IsNullable, descending, nullsFirst: backward, query.Dialect);
        }));
    }

    /// <summary>
    /// Where nulls go, said only where the engine would put them elsewhere: PostgreSQL takes null for larger than everything, SQLite for
    /// smaller, and the plain order is the one that a plain index has.
    /// </summary>
    private static string Nulls(bool nullable, bool descending, bool nullsFirst, SqlDialect dialect)
    {
        var firstByDefault = dialect == SqlDialect.PostgreSql ? descending : !descending;
        return !nullable || nullsFirst == firstByDefault ? "" : nullsFirst ? " NULLS FIRST" : " NULLS LAST";
    }
}
