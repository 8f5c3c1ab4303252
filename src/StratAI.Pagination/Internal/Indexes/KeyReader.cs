using System.Data.Common;

namespace StratAI.Pagination.Internal.Indexes;

/// <summary>Finds the keys of one list in its table, each once.</summary>
internal sealed class KeyReader(SchemaReader reader, string table, TableSchema schema, List<PageIndexFinding> findings)
{
    private readonly Dictionary<string, CheckedKey?> _keys = [];
    private string? _qualifier;

    /// <summary>The key in the database; null when it cannot be told, which is reported the first time.</summary>
    public async Task<CheckedKey?> FindAsync(SortTerm term, CancellationToken cancellation)
    {
        if (!_keys.TryGetValue(term.Name, out var key))
        {
            _keys[term.Name] = key = await ReadAsync(term, cancellation).ConfigureAwait(false);
        }

        return key;
    }

    private async Task<CheckedKey?> ReadAsync(SortTerm term, CancellationToken cancellation)
    {
        if (term.Sql is null)
        {
            Report(term.Name, PageIndexProblem.NotChecked, "The key is declared without SQL");
            return null;
        }

        var qualifiers = new HashSet<string>();
        var sql = SqlText.WithoutQualifiers(term.Sql, qualifiers);
        _qualifier ??= qualifiers.FirstOrDefault();
        if (qualifiers.Any(qualifier => qualifier != _qualifier))
        {
            Report(term.Name, PageIndexProblem.NotChecked, "The order's keys are of several tables, which no one index holds");
            return null;
        }

        var (operand, collate) = SqlText.SplitCollation(sql);
        var column = FindColumn(operand);
        if (column is null && SqlToken.Read(operand) is [{ IsIdentifier: true }])
        {
            Report(term.Name, PageIndexProblem.NotFound, $"There is no column {operand}");
            return null;
        }

        var id = column?.Id ?? await NormalizeAsync(term.Name, sql, cancellation).ConfigureAwait(false);
        if (id is null)
        {
            return null;
        }

        if (column is { IsNullable: true } && !term.IsNullable)
        {
            Report(
                term.Name,
                PageIndexProblem.NullableColumn,
                $"The key is declared as never null, but the column {column.Sql} can be: forbid it, or declare the key nullable",
                reader.ForbidNull(table, column));
        }

        try
        {
            var own = collate is null ? column : null;
            var collation = await reader.CollationAsync(table, sql, own, term, cancellation).ConfigureAwait(false);
            var stated = term.Collation?.NameIn(reader.Dialect) is { } name && collation != column?.Collation ? $" COLLATE {name}" : "";
            return new(id, collation, (own?.Sql ?? (column is null ? $"({sql})" : sql)) + stated, term.Collation == TextCollation.Binary);
        }
        catch (DbException exception) when (reader.IsOpen)
        {
            Report(term.Name, PageIndexProblem.NotChecked, Because(exception));
            return null;
        }
    }

    /// <summary>The one spelling of an expression; null where the database does not understand it, which is reported.</summary>
    public async Task<string?> NormalizeAsync(string order, string sql, CancellationToken cancellation)
    {
        try
        {
            return (await reader.NormalizeAsync(table, [sql], cancellation).ConfigureAwait(false))[0];
        }
        catch (DbException exception) when (reader.IsOpen)
        {
            Report(order, PageIndexProblem.NotChecked, Because(exception));
            return null;
        }
    }

    public TableColumn? FindColumn(string sql) => SqlToken.Read(sql) is [{ IsIdentifier: true } name]
        ? schema.Columns.FirstOrDefault(column => column.Id == IndexKey.IdOf(reader.Fold(name)))
        : null;

    private void Report(string order, PageIndexProblem problem, string detail, string? remedy = null) =>
        findings.Add(new(table, order, problem, detail, remedy));

    private static string Because(DbException exception) => $"The database does not understand it: {exception.Message}";
}

/// <param name="Id">As of an index key.</param>
/// <param name="Collation">As of an index key.</param>
/// <param name="Sql">As an index is to be made of it.</param>
/// <param name="IsBinary">Whether it is compared byte by byte.</param>
internal sealed record CheckedKey(string Id, string? Collation, string Sql, bool IsBinary);
