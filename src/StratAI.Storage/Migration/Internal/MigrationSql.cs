using System.Data.Common;

namespace StratAI.Storage.Migration.Internal;

/// <summary>The quoted names, and what the two databases do in different ways.</summary>
internal abstract class MigrationSql
{
    protected MigrationSql(ColumnMigrationOptions options)
    {
        Table = Identifier.Quote(options.Table, nameof(options.Table), qualified: true);
        State = Identifier.Quote(options.StateTable, nameof(options.StateTable), qualified: true);
        Id = Identifier.Quote(options.IdColumn, nameof(options.IdColumn));
        Data = Identifier.Quote(options.DataColumn, nameof(options.DataColumn));
        Key = Identifier.Quote(options.KeyColumn, nameof(options.KeyColumn));
        Size = Optional(options.SizeColumn, nameof(options.SizeColumn));
        Sha256 = Optional(options.Sha256Column, nameof(options.Sha256Column));
        ContentType = Optional(options.ContentTypeColumn, nameof(options.ContentTypeColumn));

        static string? Optional(string? name, string option) => name is null ? null : Identifier.Quote(name, option);
    }

    public string Table { get; }

    public string State { get; }

    public string Id { get; }

    public string Data { get; }

    public string Key { get; }

    public string? Size { get; }

    public string? Sha256 { get; }

    public string? ContentType { get; }

    /// <summary>True for a row that is still to move.</summary>
    public string IsLegacy => $"{Key} IS NULL AND {Data} IS NOT NULL";

    /// <summary>The database's clock, in seconds since 1970.</summary>
    public abstract string Now { get; }

    /// <summary>Ends the query that picks rows to claim.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>And-ed to a change of the row: true while its data are those of <c>@version</c>. Empty where <see cref="IsUnchangedAsync"/> says so alone.</summary>
    public abstract string UnchangedCondition { get; }

    /// <summary>The type of the state table's <c>row_id</c>: that of the id column.</summary>
    public abstract Task<string> IdTypeAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Whether the state table is there.</summary>
    public abstract Task<bool> HasStateAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Opens the data of a row for reading; null when it has none.</summary>
    public abstract Task<LegacyText?> OpenTextAsync(DbConnection connection, object id, bool legacyOnly, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the row's data are those of a version, and stay so to the end of the transaction. Where
    /// <see cref="UnchangedCondition"/> tells, it is not asked here.
    /// </summary>
    public abstract Task<bool> IsUnchangedAsync(DbTransaction transaction, object id, string version, CancellationToken cancellationToken);

    public static MigrationSql For(SqlFlavour flavour, ColumnMigrationOptions options) =>
        flavour == SqlFlavour.PostgreSql ? new PostgreSqlSql(options) : new SqliteSql(options);
}
