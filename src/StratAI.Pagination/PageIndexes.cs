using System.Data.Common;
using StratAI.Pagination.Internal.Indexes;

namespace StratAI.Pagination;

/// <summary>
/// Which orders are paged over which tables, to be held against the indexes that the database has. Filled once; then safe for concurrent
/// use.
/// </summary>
public sealed class PageIndexes
{
    private readonly List<PagedTable> _tables = [];

    /// <summary>Registers a list. Its default order and each of its fields by itself are to be served by an index.</summary>
    /// <param name="order">By what the list can be sorted.</param>
    /// <param name="table">The one table it is read from, as a statement writes it: with its schema or without.</param>
    /// <param name="equal">The columns that the list's condition always compares by <c>=</c> with a value, such as its owner.</param>
    /// <param name="predicate">
    /// A condition, beyond <paramref name="equal"/>, that every row of the list meets. Only an index without WHERE, or with this very
    /// condition, serves the list.
    /// </param>
    /// <exception cref="ArgumentException">The table or a column is blank.</exception>
    public PageIndexes Add(PageOrder order, string table, IReadOnlyCollection<string>? equal = null, string? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        foreach (var column in equal ?? [])
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(column, nameof(equal));
        }

        _tables.Add(new(order, table.Trim(), [.. equal ?? []], string.IsNullOrWhiteSpace(predicate) ? null : predicate));
        return this;
    }

    /// <summary>Compares every registered order with the indexes of its table. Reads the catalog alone, and changes nothing.</summary>
    /// <param name="connection">Open, and in no transaction.</param>
    /// <param name="dialect">The engine behind it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>
    /// What is missing. Empty when every order is served. Where the remedy of one finding serves a further order too, that one is not
    /// reported.
    /// </returns>
    /// <exception cref="DbException">The catalog could not be read.</exception>
    public async Task<IReadOnlyList<PageIndexFinding>> CheckAsync(
        DbConnection connection, SqlDialect dialect, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        SchemaReader reader = dialect switch
        {
            SqlDialect.PostgreSql => new PostgresSchemaReader(connection),
            SqlDialect.Sqlite => new SqliteSchemaReader(connection),
            _ => throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "Not a dialect."),
        };

        var findings = new List<PageIndexFinding>();
        var read = new Dictionary<string, TableSchema?>();
        foreach (var table in _tables)
        {
            if (!read.TryGetValue(table.Name, out var schema))
            {
                read[table.Name] = schema = await reader.ReadAsync(table.Name, cancellation).ConfigureAwait(false);
            }

            if (schema is { Obstacle: null })
            {
                await new OrderCheck(reader, table, schema, findings).RunAsync(cancellation).ConfigureAwait(false);
            }
            else
            {
                findings.Add(schema is null
                    ? new(table.Name, table.Order.Default, PageIndexProblem.NotFound, "There is no such table")
                    : new(table.Name, table.Order.Default, PageIndexProblem.NotChecked, schema.Obstacle));
            }
        }

        return findings;
    }

    internal int Count => _tables.Count;
}
