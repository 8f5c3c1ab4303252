using System.Data.Common;

namespace StratAI.Storage.Migration.Internal;

/// <summary>
/// SQLite. It has neither row versions nor hash functions, so the text is hashed as it is read, and again in the transaction that commits:
/// being the one writer, that transaction sees no change after it.
/// </summary>
internal sealed class SqliteSql(ColumnMigrationOptions options) : MigrationSql(options)
{
    public override string Now => "unixepoch('subsec')";

    public override string SkipLocked => "";

    public override string UnchangedCondition => "";

    public override Task<string> IdTypeAsync(DbConnection connection, CancellationToken cancellationToken) => Task.FromResult("");

    public override async Task<bool> HasStateAsync(DbConnection connection, CancellationToken cancellationToken) =>
        (await connection.Command("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = @name", ("@name", State.Split('.')[^1].Trim('"')))
            .ListAsync(reader => reader.GetInt64(0), cancellationToken).ConfigureAwait(false))[0] > 0;

    public override async Task<LegacyText?> OpenTextAsync(DbConnection connection, object id, bool legacyOnly, CancellationToken cancellationToken)
    {
        // Deferred: a snapshot, for the parts to be of one text, without the writer's lock that the driver's own transactions take.
        await connection.Command("BEGIN DEFERRED").RunAsync(cancellationToken).ConfigureAwait(false);
        LegacyText? text = null;
        try
        {
            var rows = await connection
                .Command(
                    $"SELECT {ContentType ?? "NULL"} FROM {Table} WHERE {Id} = @id AND {(legacyOnly ? IsLegacy : $"{Data} IS NOT NULL")}",
                    ("@id", id))
                .ListAsync(reader => reader.TextOrNull(0), cancellationToken).ConfigureAwait(false);
            text = rows.Count == 0 ? null : new Snapshot(this, connection, id) { ContentType = rows[0] };
            return text;
        }
        finally
        {
            if (text is null)
            {
                await connection.Command("ROLLBACK").RunAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    public override async Task<bool> IsUnchangedAsync(DbTransaction transaction, object id, string version, CancellationToken cancellationToken)
    {
        using var parts = new SqliteParts(this, id, transaction.Connection!, transaction);
        return await parts.VersionAsync(cancellationToken).ConfigureAwait(false) == version;
    }

    private sealed class Snapshot(SqliteSql sql, DbConnection connection, object id) : LegacyText
    {
        private readonly SqliteParts _parts = new(sql, id, connection, null);
        private ReadOnlyMemory<char> _part;

        public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken)
        {
            if (_part.IsEmpty)
            {
                _part = (await _parts.NextAsync(cancellationToken).ConfigureAwait(false)).AsMemory();
            }

            var count = Math.Min(buffer.Length, _part.Length);
            _part[..count].CopyTo(buffer);
            _part = _part[count..];
            return count;
        }

        public override Task<string> VersionAsync(CancellationToken cancellationToken) => _parts.VersionAsync(cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            _parts.Dispose();
            await connection.Command("ROLLBACK").RunAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
