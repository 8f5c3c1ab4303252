namespace StratAI.Storage.Migration.Internal;

/// <summary>What the state table holds as a whole.</summary>
internal sealed class StateCounts(MigrationDatabase database, MigrationSql sql)
{
    private const int ListBatch = 500;

    public async Task<IReadOnlyDictionary<string, long>> ByStateAsync(CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            connection => connection.Command($"SELECT state, count(*) FROM {sql.State} GROUP BY state")
                .ListAsync(reader => (State: reader.GetString(0), Count: reader.GetInt64(1)), cancellationToken),
            cancellationToken).ConfigureAwait(false)).ToDictionary(row => row.State, row => row.Count);

    /// <summary>How many rows are in these states, and in how many seconds the first of them is due.</summary>
    public async Task<(long Count, double Seconds)> PendingAsync(string states, CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            connection => connection.Command($"SELECT count(*), min(due_at) - {sql.Now} FROM {sql.State} WHERE state IN ({states})")
                .ListAsync(reader => (reader.GetInt64(0), reader.IsDBNull(1) ? 0 : reader.GetDouble(1)), cancellationToken),
            cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Puts what was set aside back; returns the number of rows.</summary>
    public Task<int> RetryQuarantinedAsync(CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection
            .Command($"UPDATE {sql.State} SET state = '{RowStates.Waiting}', due_at = {sql.Now}, reason = NULL, attempts = 0 WHERE state = '{RowStates.Quarantined}'")
            .RunAsync(cancellationToken),
        cancellationToken);

    /// <summary>A page of what was set aside, by id.</summary>
    public Task<List<(object Id, string Reason)>> QuarantinedAsync(object? after, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection
            .Command(
                $"SELECT row_id, reason FROM {sql.State} WHERE state = '{RowStates.Quarantined}'{(after is null ? "" : " AND row_id > @after")} ORDER BY row_id LIMIT {ListBatch}",
                [.. after is null ? [] : new (string, object?)[] { ("@after", after) }])
            .ListAsync(reader => (reader.GetValue(0), reader.TextOrNull(1) ?? ""), cancellationToken),
        cancellationToken);

    /// <summary>The state of one row; null when it is not on the account.</summary>
    public async Task<string?> OfRowAsync(object id, CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            connection => connection.Command($"SELECT state FROM {sql.State} WHERE row_id = @id", ("@id", id)).ListAsync(reader => reader.GetString(0), cancellationToken),
            cancellationToken).ConfigureAwait(false)).FirstOrDefault();
}
