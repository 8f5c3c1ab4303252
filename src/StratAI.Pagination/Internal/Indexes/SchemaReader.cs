using System.Data;
using System.Data.Common;

namespace StratAI.Pagination.Internal.Indexes;

/// <summary>Reads an engine's catalog.</summary>
internal abstract class SchemaReader(DbConnection connection)
{
    public abstract SqlDialect Dialect { get; }

    public bool IsOpen => Connection.State == ConnectionState.Open;

    protected DbConnection Connection { get; } = connection;

    /// <summary>The table, or null where there is none.</summary>
    public abstract Task<TableSchema?> ReadAsync(string table, CancellationToken cancellation);

    /// <summary>The name by which the catalog knows what a statement calls <paramref name="identifier"/>.</summary>
    public abstract string Fold(SqlToken identifier);

    /// <summary>Expressions over the table in the one spelling that they are compared in.</summary>
    /// <exception cref="DbException">The engine does not understand one.</exception>
    public abstract Task<IReadOnlyList<string>> NormalizeAsync(
        string table, IReadOnlyList<string> expressions, CancellationToken cancellation);

    /// <summary>The collation by which a statement compares <paramref name="sql"/>; null where that need not be known.</summary>
    /// <param name="table">The table.</param>
    /// <param name="sql">The key, without the collation that it states.</param>
    /// <param name="column">The column, where the key is one.</param>
    /// <param name="term">The key.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DbException">There is no such collation.</exception>
    public abstract Task<string?> CollationAsync(
        string table, string sql, TableColumn? column, SortTerm term, CancellationToken cancellation);

    /// <summary>CREATE INDEX up to the name of the table.</summary>
    public abstract string CreateIndex(string name, string table, bool unique);

    /// <summary>Forbids nulls in a column; null where no single statement does.</summary>
    public abstract string? ForbidNull(string table, TableColumn column);

    protected async Task<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params (string Name, string Value)[] parameters)
    {
        var command = Connection.CreateCommand();
        await using var disposal = command.ConfigureAwait(false);
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        var rows = new List<T>();
        var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    protected static string? TextOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
