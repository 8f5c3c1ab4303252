using System.Data;
using System.Data.Common;

namespace StratAI.Storage.Migration.Internal;

/// <summary>
/// PostgreSQL. A row's version is its <c>xmin</c>, which every update changes, also one of other columns; the row is then simply tried
/// again. It costs nothing, where a hash in SQL would read the whole value once more.
/// </summary>
internal sealed class PostgreSqlSql(ColumnMigrationOptions options) : MigrationSql(options)
{
    public override string Now => "CAST(extract(epoch FROM clock_timestamp()) AS double precision)";

    public override string SkipLocked => " FOR UPDATE SKIP LOCKED";

    public override string UnchangedCondition => " AND CAST(xmin AS text) = @version";

    public override async Task<string> IdTypeAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var types = await connection
            .Command(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = CAST(@table AS regclass) AND attname = @column AND NOT attisdropped",
                ("@table", Table),
                ("@column", Id.Trim('"')))
            .ListAsync(reader => reader.GetString(0), cancellationToken).ConfigureAwait(false);
        return types.Count == 1 ? types[0] : throw new ArgumentException($"The table {Table} has no column {Id}.");
    }

    public override async Task<bool> HasStateAsync(DbConnection connection, CancellationToken cancellationToken) =>
        (await connection.Command("SELECT to_regclass(@state) IS NOT NULL", ("@state", State))
            .ListAsync(reader => reader.GetBoolean(0), cancellationToken).ConfigureAwait(false))[0];

    public override async Task<LegacyText?> OpenTextAsync(DbConnection connection, object id, bool legacyOnly, CancellationToken cancellationToken)
    {
        var command = connection.Command(
            $"SELECT CAST(xmin AS text), {ContentType ?? "CAST(NULL AS text)"}, {Data} FROM {Table} WHERE {Id} = @id AND {(legacyOnly ? IsLegacy : $"{Data} IS NOT NULL")}",
            ("@id", id));
        DbDataReader? reader = null;
        Text? text = null;
        try
        {
            // Sequential: a value of megabytes then streams through the driver's buffer.
            reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess | CommandBehavior.SingleRow, cancellationToken).ConfigureAwait(false);
            if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                text = new(command, reader, reader.GetString(0)) { ContentType = reader.TextOrNull(1) };
            }

            return text;
        }
        finally
        {
            if (text is null)
            {
                if (reader is not null)
                {
                    await reader.DisposeAsync().ConfigureAwait(false);
                }

                await command.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public override Task<bool> IsUnchangedAsync(DbTransaction transaction, object id, string version, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    private sealed class Text(DbCommand command, DbDataReader reader, string version) : LegacyText
    {
        private TextReader? _text;

        public override ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken) =>
            (_text ??= reader.GetTextReader(2)).ReadAsync(buffer, cancellationToken);

        public override Task<string> VersionAsync(CancellationToken cancellationToken) => Task.FromResult(version);

        public override async ValueTask DisposeAsync()
        {
            _text?.Dispose();
            await reader.DisposeAsync().ConfigureAwait(false);
            await command.DisposeAsync().ConfigureAwait(false);
        }
    }
}
