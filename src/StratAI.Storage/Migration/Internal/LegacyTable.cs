using System.Data.Common;

namespace StratAI.Storage.Migration.Internal;

/// <summary>The application's table.</summary>
internal sealed class LegacyTable(MigrationDatabase database, MigrationSql sql)
{
    private const int ListBatch = 200;

    /// <summary>A page of the rows still to move, by id.</summary>
    public Task<List<object>> ListAsync(object? after, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection
            .Command(
                $"SELECT {sql.Id} FROM {sql.Table} WHERE {sql.IsLegacy}{(after is null ? "" : $" AND {sql.Id} > @after")} ORDER BY {sql.Id} LIMIT {ListBatch}",
                [.. after is null ? [] : new (string, object?)[] { ("@after", after) }])
            .ListAsync(reader => reader.GetValue(0), cancellationToken),
        cancellationToken);

    public async Task<long> CountAsync(CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            connection => connection.Command($"SELECT count(*) FROM {sql.Table} WHERE {sql.IsLegacy}").ListAsync(reader => reader.GetInt64(0), cancellationToken),
            cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Whether the row exists, its object's key, and whether its column still has data.</summary>
    public async Task<(bool Exists, string? Key, bool HasData)> FindAsync(object id, CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            connection => connection.Command($"SELECT {sql.Key}, {sql.Data} IS NOT NULL FROM {sql.Table} WHERE {sql.Id} = @id", ("@id", id))
                .ListAsync(reader => (true, reader.TextOrNull(0), reader.GetBoolean(1)), cancellationToken),
            cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Whether the row is still to move and its data are those that were read; the answer holds to the end of the transaction only on SQLite.</summary>
    public async Task<bool> IsUnchangedAsync(DbTransaction transaction, object id, string version, CancellationToken cancellationToken) =>
        await sql.IsUnchangedAsync(transaction, id, version, cancellationToken).ConfigureAwait(false)
        && (await transaction
            .Command($"SELECT 1 FROM {sql.Table} WHERE {sql.Id} = @id AND {sql.IsLegacy}{sql.UnchangedCondition}", ("@id", id), ("@version", version))
            .ListAsync(_ => true, cancellationToken).ConfigureAwait(false)).Count == 1;

    /// <summary>Gives the row its object, if its data are those that were read.</summary>
    public async Task<bool> TrySetKeyAsync(DbTransaction transaction, MigratedRow row, string contentType, string version, CancellationToken cancellationToken)
    {
        if (!await sql.IsUnchangedAsync(transaction, row.Id, version, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var set = $"{sql.Key} = @key{Also(sql.Size, "@size")}{Also(sql.Sha256, "@sha256")}{Also(sql.ContentType, "@type")}";
        return await transaction
            .Command(
                $"UPDATE {sql.Table} SET {set} WHERE {sql.Id} = @id AND {sql.IsLegacy}{sql.UnchangedCondition}",
                ("@id", row.Id), ("@version", version), ("@key", row.Key), ("@size", row.Size), ("@sha256", row.Sha256), ("@type", contentType))
            .RunAsync(cancellationToken).ConfigureAwait(false) == 1;

        static string Also(string? column, string value) => column is null ? "" : $", {column} = {value}";
    }

    /// <summary>Takes the object from the row again: with its old data, if they are still there unchanged, or with this text in their place.</summary>
    public async Task<bool> TryClearKeyAsync(DbTransaction transaction, MigratedRow row, string? text, string? version, CancellationToken cancellationToken)
    {
        if (version is not null && !await sql.IsUnchangedAsync(transaction, row.Id, version, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var (set, condition) = text is null ? ("", sql.UnchangedCondition) : ($", {sql.Data} = @text", "");
        return await transaction
            .Command(
                $"UPDATE {sql.Table} SET {sql.Key} = NULL{set} WHERE {sql.Id} = @id AND {sql.Key} = @key{condition}",
                ("@id", row.Id), ("@key", row.Key), text is null ? ("@version", version) : ("@text", text))
            .RunAsync(cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <summary>Empties the column, if the row still has this object and the data that were compared with it.</summary>
    public async Task<bool> TryPurgeAsync(DbTransaction transaction, MigratedRow row, string version, CancellationToken cancellationToken) =>
        await sql.IsUnchangedAsync(transaction, row.Id, version, cancellationToken).ConfigureAwait(false)
        && await transaction
            .Command(
                $"UPDATE {sql.Table} SET {sql.Data} = NULL WHERE {sql.Id} = @id AND {sql.Key} = @key{sql.UnchangedCondition}",
                ("@id", row.Id), ("@key", row.Key), ("@version", version))
            .RunAsync(cancellationToken).ConfigureAwait(false) == 1;
}
