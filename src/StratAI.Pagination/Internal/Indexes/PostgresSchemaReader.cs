using System.Data.Common;
using System.Text.Json;

namespace StratAI.Pagination.Internal.Indexes;

internal sealed class PostgresSchemaReader(DbConnection connection) : SchemaReader(connection)
{
    // As pg_collation_for() spells it.
    private const string CollationName =
        "coalesce(CASE WHEN pg_collation_is_visible(l.oid) THEN '' ELSE quote_ident(s.nspname) || '.' END || quote_ident(l.collname), '')";

    private const string Columns =
        $"""
        SELECT c.relkind::text, a.attname::text, quote_ident(a.attname), a.attnotnull OR c.relkind = 'm', {CollationName}
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
        LEFT JOIN pg_catalog.pg_namespace s ON s.oid = l.collnamespace
        WHERE c.oid = to_regclass(@page_table)
        """;

    // An operator class outside the type's default family sorts by other operators than ORDER BY does.
    private const string Indexes =
        $"""
        SELECT c.relname::text, i.indisunique, pg_get_expr(i.indpred, i.indrelid), a.attname::text,
            CASE WHEN a.attname IS NULL THEN pg_get_indexdef(i.indexrelid, k.n, false) END,
            i.indoption[k.n - 1] & 1 = 1, i.indoption[k.n - 1] & 2 = 2, {CollationName},
            EXISTS (SELECT FROM pg_catalog.pg_opclass d WHERE d.opcfamily = o.opcfamily AND d.opcdefault)
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname = 'btree'
        CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) AS k (n)
        JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[k.n - 1]
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n - 1] AND a.attnum > 0
        LEFT JOIN pg_catalog.pg_collation l ON l.oid = i.indcollation[k.n - 1]
        LEFT JOIN pg_catalog.pg_namespace s ON s.oid = l.collnamespace
        WHERE i.indrelid = to_regclass(@page_table) AND i.indisvalid AND i.indisready
        ORDER BY c.relname, k.n
        """;

    private const string Names =
        """
        SELECT n.relname::text
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_class n ON n.relnamespace = c.relnamespace AND n.relname LIKE 'ix\_%'
        WHERE c.oid = to_regclass(@page_table)
        """;

    public override SqlDialect Dialect => SqlDialect.PostgreSql;

    public override async Task<TableSchema?> ReadAsync(string table, CancellationToken cancellation)
    {
        var columns = await QueryAsync(
            Columns,
            row => (
                Kind: row.GetString(0),
                Column: new TableColumn(IndexKey.IdOf(row.GetString(1)), row.GetString(2), !row.GetBoolean(3), row.GetString(4))),
            cancellation,
            ("page_table", table)).ConfigureAwait(false);
        if (columns.Count == 0)
        {
            return null;
        }

        var names = await QueryAsync(Names, row => row.GetString(0), cancellation, ("page_table", table)).ConfigureAwait(false);
        return new([.. columns.Select(row => row.Column)], await IndexesAsync(table, cancellation).ConfigureAwait(false), [.. names])
        {
            Obstacle = columns[0].Kind is "r" or "p" or "m" ? null : "It is no table, and has no indexes of its own",
        };
    }

    public override string Fold(SqlToken identifier) => identifier.IsQuoted ? identifier.Name : identifier.Name.ToLowerInvariant();

    /// <summary>The planner's own spelling: constants folded, casts written out, collations and needless parentheses gone.</summary>
    public override async Task<IReadOnlyList<string>> NormalizeAsync(
        string table, IReadOnlyList<string> expressions, CancellationToken cancellation)
    {
        if (expressions.Count == 0)
        {
            return [];
        }

        // A system column is in no index, and so nothing is written as what an index gives.
        var plans = await QueryAsync(
            $"EXPLAIN (VERBOSE, FORMAT JSON) SELECT ({string.Join("), (", expressions)}), ctid FROM {table}",
            row => row.GetString(0),
            cancellation).ConfigureAwait(false);
        using var document = JsonDocument.Parse(plans[0]);
        var output = document.RootElement[0].GetProperty("Plan").GetProperty("Output");
        return [.. output.EnumerateArray().Take(expressions.Count).Select(text => SqlText.WithoutParentheses(text.GetString()!))];
    }

    public override async Task<string?> CollationAsync(
        string table, string sql, TableColumn? column, SortTerm term, CancellationToken cancellation)
    {
        var stated = term.Collation?.NameIn(Dialect);
        if (stated is null && column is not null)
        {
            return column.Collation;
        }

        if (!term.IsText)
        {
            return null;
        }

        // Asked of a row that is not there: the answer lies in the types alone.
        var collate = stated is null ? "" : $" COLLATE {stated}";
        var names = await QueryAsync(
            $"SELECT coalesce(pg_collation_for(({sql}){collate}), '') FROM (SELECT 1) AS page_one LEFT JOIN {table} ON false",
            row => row.GetString(0),
            cancellation).ConfigureAwait(false);
        return names[0];
    }

    public override string CreateIndex(string name, string table, bool unique) =>
        $"CREATE {(unique ? "UNIQUE " : "")}INDEX {name} ON {table}";

    public override string ForbidNull(string table, TableColumn column) => $"ALTER TABLE {table} ALTER COLUMN {column.Sql} SET NOT NULL";

    private async Task<List<TableIndex>> IndexesAsync(string table, CancellationToken cancellation)
    {
        var rows = await QueryAsync(
            Indexes,
            row => new IndexRow(
                row.GetString(0), row.GetBoolean(1), TextOrNull(row, 2), TextOrNull(row, 3), TextOrNull(row, 4),
                row.GetBoolean(5), row.GetBoolean(6), row.GetString(7), row.GetBoolean(8)),
            cancellation,
            ("page_table", table)).ConfigureAwait(false);
        var texts = rows.SelectMany(row => new[] { row.Expression, row.Predicate }).OfType<string>().Distinct().ToArray();
        var spelled = await NormalizeAsync(table, texts, cancellation).ConfigureAwait(false);
        var normal = texts.Zip(spelled).ToDictionary(pair => pair.First, pair => pair.Second);
        return
        [
            .. rows.GroupBy(row => row.Index).Select(index => new TableIndex(
                [.. index.Select(row => new IndexKey(Id(row), row.Descending, row.NullsFirst, row.Collation))],
                index.Count(),
                index.First().IsUnique,
                index.First().Predicate is { } predicate ? normal[predicate] : null)),
        ];

        // What is left of a column with a collation in parentheses is the column.
        string? Id(IndexRow row) => !row.IsDefault ? null
            : row.Column is { } column ? IndexKey.IdOf(column)
            : SqlToken.Read(normal[row.Expression!]) is [{ IsIdentifier: true } name] ? IndexKey.IdOf(Fold(name)) : normal[row.Expression!];
    }

    private sealed record IndexRow(
        string Index, bool IsUnique, string? Predicate, string? Column, string? Expression,
        bool Descending, bool NullsFirst, string Collation, bool IsDefault);
}
