using System.Data.Common;

namespace StratAI.Pagination.Internal.Indexes;

internal sealed class SqliteSchemaReader(DbConnection connection) : SchemaReader(connection)
{
    private const string Binary = "BINARY";

    public override SqlDialect Dialect => SqlDialect.Sqlite;

    public override async Task<TableSchema?> ReadAsync(string table, CancellationToken cancellation)
    {
        var (schema, name) = Split(table);
        (string, string)[] parameters = [("page_table", name), ("page_schema", schema)];
        var objects = await QueryAsync(
            $"SELECT type, name, coalesce(sql, '') FROM \"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\".sqlite_master",
            row => (Type: row.GetString(0), Name: row.GetString(1), Sql: row.GetString(2)),
            cancellation).ConfigureAwait(false);
        var found = objects.Find(each => each.Type is "table" or "view" && each.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (found.Name is null)
        {
            return null;
        }

        var names = objects.Select(each => each.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (found.Type == "view" || SqlToken.Read(found.Sql)[1].Is("VIRTUAL"))
        {
            return new([], [], names) { Obstacle = "It is no table with indexes of its own" };
        }

        var rows = await QueryAsync(
            "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(@page_table, @page_schema)",
            row => new ColumnRow(row.GetString(0), row.GetString(1), row.GetInt64(2) != 0, row.GetInt64(3) != 0),
            cancellation,
            parameters).ConfigureAwait(false);
        var columns = Columns(rows, found.Sql);
        var lists = await QueryAsync(
            "SELECT name, \"unique\", origin FROM pragma_index_list(@page_table, @page_schema)",
            row => (Name: row.GetString(0), IsUnique: row.GetInt64(1) != 0, IsPrimary: row.GetString(2) == "pk"),
            cancellation,
            parameters).ConfigureAwait(false);

        // One integer column as primary key is the number of the row, unless an index had to be made for it.
        var isNumber = rows.FindAll(row => row.IsKey) is [var key]
            && key.Type.Equals("INTEGER", StringComparison.OrdinalIgnoreCase)
            && !lists.Exists(index => index.IsPrimary);
        var rowId = isNumber ? IdOf(rows.Find(row => row.IsKey).Name) : null;
        var indexes = new List<TableIndex>();
        if (rowId is not null)
        {
            indexes.Add(new([new(rowId, false, true, Binary)], 1, IsUnique: true, null));
        }

        foreach (var index in lists)
        {
            var sql = objects.Find(each => each.Type == "index" && each.Name == index.Name).Sql ?? "";
            var keys = await KeysAsync(index.Name, schema, sql, rowId, cancellation).ConfigureAwait(false);
            var condition = SqlText.FirstList(sql).Tail.Trim();
            indexes.Add(new(
                [.. keys.Select(pair => pair.Key)],
                keys.Count(pair => pair.IsDeclared),
                index.IsUnique,
                condition.StartsWith("WHERE", StringComparison.OrdinalIgnoreCase) ? SqlText.Canonical(condition[5..]) : null));
        }

        return new(columns, indexes, names);
    }

    // Names differ by more than the case of their letters.
    public override string Fold(SqlToken identifier) => identifier.Name.ToLowerInvariant();

    public override Task<IReadOnlyList<string>> NormalizeAsync(
        string table, IReadOnlyList<string> expressions, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. expressions.Select(Spell)]);

    public override Task<string?> CollationAsync(
        string table, string sql, TableColumn? column, SortTerm term, CancellationToken cancellation)
    {
        // The outermost COLLATE is the one that counts; an expression without has none of its columns'.
        var name = term.Collation?.NameIn(Dialect)?.Trim('"') ?? SqlText.SplitCollation(sql).Collation ?? column?.Collation ?? Binary;
        return Task.FromResult<string?>(name.ToUpperInvariant());
    }

    public override string CreateIndex(string name, string table, bool unique)
    {
        var tokens = SqlToken.Read(table);
        var schema = tokens.Count == 3 ? $"{tokens[0].Text}." : "";
        return $"CREATE {(unique ? "UNIQUE " : "")}INDEX {schema}{name} ON {tokens[^1].Text}";
    }

    public override string? ForbidNull(string table, TableColumn column) => null;

    private static string IdOf(string column) => IndexKey.IdOf(column.ToLowerInvariant());

    private static (string Schema, string Name) Split(string table)
    {
        var tokens = SqlToken.Read(table);
        return (tokens.Count == 3 ? tokens[0].Name : "main", tokens[^1].Name);
    }

    /// <summary>Collations, and how a name is to be written, stand in the table's definition only.</summary>
    private static List<TableColumn> Columns(List<ColumnRow> rows, string sql)
    {
        var definitions = SqlText.FirstList(sql).Items.Select(SqlToken.Read).Where(tokens => tokens.Count > 0).ToList();
        return rows.ConvertAll(row =>
        {
            var tokens = definitions.Find(each => each[0].IsIdentifier && each[0].Name == row.Name) ?? [new($"\"{row.Name}\"", 0)];
            var depth = 0;
            var collate = tokens.FindIndex(token => (depth += token.Text switch { "(" => 1, ")" => -1, _ => 0 }) == 0 && token.Is("COLLATE"));
            // A primary key may hold null here for the sake of old databases. That would be a mistake of the data, not of the order.
            return new TableColumn(
                IdOf(row.Name), tokens[0].Text, !row.IsNotNull && !row.IsKey, collate < 0 ? Binary : tokens[collate + 1].Name.ToUpperInvariant());
        });
    }

    private async Task<List<(IndexKey Key, bool IsDeclared)>> KeysAsync(
        string index, string schema, string sql, string? rowId, CancellationToken cancellation)
    {
        var texts = SqlText.FirstList(sql).Items;
        var rows = await QueryAsync(
            "SELECT seqno, name, cid, \"desc\", coll, key FROM pragma_index_xinfo(@page_index, @page_schema) ORDER BY seqno",
            row => (
                Position: row.GetInt32(0), Name: TextOrNull(row, 1), Column: row.GetInt32(2), Descending: row.GetInt64(3) != 0,
                Collation: row.GetString(4).ToUpperInvariant(), IsDeclared: row.GetInt64(5) != 0),
            cancellation,
            ("page_index", index), ("page_schema", schema)).ConfigureAwait(false);

        // What is appended is the row's number or primary key; where the primary key is the table, all the rest, which then decides nothing.
        return
        [
            .. rows.Select(row => (
                new IndexKey(
                    row.Column switch { -1 => rowId, -2 => Expression(texts, row.Position), _ => IdOf(row.Name!) },
                    row.Descending, !row.Descending, row.Collation),
                row.IsDeclared)),
        ];
    }

    private static string? Expression(IReadOnlyList<string> texts, int position)
    {
        if (position >= texts.Count)
        {
            return null;
        }

        var tokens = SqlToken.Read(texts[position]);
        var text = tokens[^1].Is("ASC") || tokens[^1].Is("DESC") ? texts[position][..tokens[^1].Start] : texts[position];
        return Spell(text);
    }

    private static string Spell(string expression) => SqlText.Canonical(SqlText.SplitCollation(SqlText.WithoutParentheses(expression)).Sql);

    private readonly record struct ColumnRow(string Name, string Type, bool IsNotNull, bool IsKey);
}
