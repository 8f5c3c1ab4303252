using System.Data.Common;

namespace StratAI.Storage.Migration.Internal;

/// <summary>The account of every row that was ever to move. The application's own table sees no write before a row's commit.</summary>
internal sealed class StateTable(MigrationDatabase database, MigrationSql sql)
{
    private const int EnqueueBatch = 1000;

    /// <summary>Makes the table. Several processes may do so at once.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var (exists, type) = await database.ReadAsync(
            async connection => (
                await sql.HasStateAsync(connection, cancellationToken).ConfigureAwait(false),
                await sql.IdTypeAsync(connection, cancellationToken).ConfigureAwait(false)),
            cancellationToken).ConfigureAwait(false);
        if (exists)
        {
            return;
        }

        try
        {
            await CreateAsync(type, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException) when (!cancellationToken.IsCancellationRequested)
        {
            // On PostgreSQL, IF NOT EXISTS fails for the later of two that create at once.
            if (!await database.ReadAsync(connection => sql.HasStateAsync(connection, cancellationToken), cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }
    }

    public Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => sql.HasStateAsync(connection, cancellationToken), cancellationToken);

    /// <summary>Puts on the account what the application's table still holds, in batches; returns the number of rows that are new.</summary>
    public async Task<long> EnqueueAsync(CancellationToken cancellationToken)
    {
        long added = 0;
        object? after = null;
        do
        {
            var (beyond, last) = (after is null ? "" : $" AND {sql.Id} > @after", after);
            var upper = await database.ReadAsync(
                connection => connection
                    .Command(
                        $"SELECT {sql.Id} FROM {sql.Table} WHERE {sql.IsLegacy}{beyond} ORDER BY {sql.Id} LIMIT 1 OFFSET {EnqueueBatch - 1}",
                        [.. last is null ? [] : new (string, object?)[] { ("@after", last) }])
                    .ListAsync(reader => reader.GetValue(0), cancellationToken),
                cancellationToken).ConfigureAwait(false);
            var to = upper is [var id] ? id : null;
            added += await database.WriteAsync(
                connection => connection
                    .Command(
                        $"""
                        INSERT INTO {sql.State} (row_id, state, due_at)
                        SELECT {sql.Id}, '{RowStates.Waiting}', {sql.Now} FROM {sql.Table} WHERE {sql.IsLegacy}{beyond}{(to is null ? "" : $" AND {sql.Id} <= @to")}
                        ON CONFLICT (row_id) DO NOTHING
                        """,
                        [.. last is null ? [] : new (string, object?)[] { ("@after", last) }, .. to is null ? [] : new (string, object?)[] { ("@to", to) }])
                    .RunAsync(cancellationToken),
                cancellationToken).ConfigureAwait(false);
            after = to;
        }
        while (after is not null);

        return added;
    }

    /// <summary>
    /// Queues rows again that had left and hold data again. Apart from <see cref="EnqueueAsync"/>, since one statement sees both tables at one
    /// moment, where an insert's conflict would see the newest state beside an older row.
    /// </summary>
    public Task<int> RequeueAsync(CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection
            .Command(
                $"""
                UPDATE {sql.State} SET
                    state = '{RowStates.Waiting}', due_at = {sql.Now}, claim = NULL, attempts = 0, reason = NULL,
                    object_key = CASE state WHEN '{RowStates.Returning}' THEN object_key END
                WHERE state IN ('{RowStates.Moved}', '{RowStates.Purged}', '{RowStates.Gone}', '{RowStates.Returning}')
                AND EXISTS (SELECT 1 FROM {sql.Table} WHERE {sql.Table}.{sql.Id} = {sql.State}.row_id AND {sql.IsLegacy})
                """)
            .RunAsync(cancellationToken),
        cancellationToken);

    /// <summary>Takes rows that nobody else has.</summary>
    public Task<List<ClaimedRow>> ClaimAsync(string states, int count, TimeSpan lease, CancellationToken cancellationToken)
    {
        var claim = Guid.NewGuid().ToString("N");
        return database.WriteAsync(
            connection => connection
                .Command(
                    $"""
                    WITH picked AS (
                        SELECT row_id FROM {sql.State} WHERE state IN ({states}) AND due_at <= {sql.Now} ORDER BY due_at LIMIT @count{sql.SkipLocked})
                    UPDATE {sql.State} SET claim = @claim, due_at = {sql.Now} + @lease, attempts = attempts + 1
                    WHERE row_id IN (SELECT row_id FROM picked)
                    RETURNING row_id, attempts, state, object_key, size, sha256
                    """,
                    ("@count", count), ("@claim", claim), ("@lease", lease.TotalSeconds))
                .ListAsync(reader => Map(reader, claim), cancellationToken),
            cancellationToken);
    }

    /// <summary>Takes this row, whether or not it is known yet; null while somebody else has it, or when it is not to be moved.</summary>
    public async Task<ClaimedRow?> ClaimOneAsync(object id, TimeSpan lease, CancellationToken cancellationToken)
    {
        var claim = Guid.NewGuid().ToString("N");
        return (await database.WriteAsync(
            connection => connection
                .Command(
                    $"""
                    INSERT INTO {sql.State} AS object_state (row_id, state, due_at, claim, attempts)
                    SELECT {sql.Id}, '{RowStates.Waiting}', {sql.Now} + @lease, @claim, 1 FROM {sql.Table} WHERE {sql.Id} = @id AND {sql.IsLegacy}
                    ON CONFLICT (row_id) DO UPDATE SET due_at = excluded.due_at, claim = excluded.claim, attempts = object_state.attempts + 1
                    WHERE object_state.state = '{RowStates.Waiting}' AND (object_state.claim IS NULL OR object_state.due_at <= {sql.Now})
                    RETURNING row_id, attempts, state, object_key, size, sha256
                    """,
                    ("@id", id), ("@claim", claim), ("@lease", lease.TotalSeconds))
                .ListAsync(reader => Map(reader, claim), cancellationToken),
            cancellationToken).ConfigureAwait(false)).FirstOrDefault();
    }

    /// <summary>Renews the claim and notes the object that is about to be stored; false when the claim is somebody else's by now.</summary>
    public Task<bool> NoteObjectAsync(ClaimedRow row, MigratedRow migrated, TimeSpan lease, CancellationToken cancellationToken) => ChangeAsync(
        row, $"object_key = @key, size = @size, sha256 = @sha256, due_at = {sql.Now} + @lease", cancellationToken,
        ("@key", migrated.Key), ("@size", migrated.Size), ("@sha256", migrated.Sha256), ("@lease", lease.TotalSeconds));

    /// <summary>Gives a row back for another attempt, after a delay. What is noted of its object stays.</summary>
    public Task<bool> ReleaseAsync(ClaimedRow row, TimeSpan delay, bool untried, CancellationToken cancellationToken) => ChangeAsync(
        row, $"claim = NULL, due_at = {sql.Now} + @delay, attempts = attempts - @untried", cancellationToken, ("@delay", delay.TotalSeconds), ("@untried", untried ? 1 : 0));

    /// <summary>Ends the work on a row.</summary>
    public Task<bool> SettleAsync(ClaimedRow row, string state, string? reason, CancellationToken cancellationToken) => ChangeAsync(
        row, SettleSet, cancellationToken, ("@state", state), ("@reason", reason));

    /// <summary>The same in a transaction.</summary>
    public async Task<bool> SettleAsync(DbTransaction transaction, ClaimedRow row, string state, string? reason, CancellationToken cancellationToken) =>
        await transaction
            .Command($"UPDATE {sql.State} SET {SettleSet} WHERE row_id = @id AND claim = @claim", ("@id", row.Id), ("@claim", row.Claim), ("@state", state), ("@reason", reason))
            .RunAsync(cancellationToken).ConfigureAwait(false) == 1;

    /// <summary>A statement of constant work, by whose time the database's load is told.</summary>
    public Task ProbeAsync(object id, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Command($"SELECT state FROM {sql.State} WHERE row_id = @id", ("@id", id)).ListAsync(_ => true, cancellationToken),
        cancellationToken);

    /// <summary>Notes that the row has its data back. The claim stays.</summary>
    public async Task<bool> MarkReturningAsync(DbTransaction transaction, ClaimedRow row, CancellationToken cancellationToken) =>
        await transaction
            .Command($"UPDATE {sql.State} SET state = '{RowStates.Returning}' WHERE row_id = @id AND claim = @claim", ("@id", row.Id), ("@claim", row.Claim))
            .RunAsync(cancellationToken).ConfigureAwait(false) == 1;

    /// <summary>Takes a row off the account.</summary>
    public async Task<bool> RemoveAsync(ClaimedRow row, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            connection => connection
                .Command($"DELETE FROM {sql.State} WHERE row_id = @id AND claim = @claim", ("@id", row.Id), ("@claim", row.Claim))
                .RunAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false) == 1;

    private string SettleSet => $"state = @state, claim = NULL, due_at = {sql.Now}, reason = @reason";

    private Task<int> CreateAsync(string type, CancellationToken cancellationToken) => database.TransactAsync(
        async transaction =>
        {
            // due_at: seconds since 1970 by the database's clock, the same in every SQL.
            await transaction
                .Command(
                    $"""
                    CREATE TABLE IF NOT EXISTS {sql.State} (
                        row_id {type} NOT NULL PRIMARY KEY, state text NOT NULL, due_at double precision NOT NULL, claim text, attempts integer NOT NULL DEFAULT 0,
                        reason text, object_key text, size bigint, sha256 text)
                    """)
                .RunAsync(cancellationToken).ConfigureAwait(false);
            var index = $"{sql.State.Split('.')[^1].Trim('"')}_due";
            await transaction.Command($"CREATE INDEX IF NOT EXISTS \"{index}\" ON {sql.State} (state, due_at)").RunAsync(cancellationToken).ConfigureAwait(false);
            return (0, true);
        },
        cancellationToken);

    private async Task<bool> ChangeAsync(ClaimedRow row, string set, CancellationToken cancellationToken, params (string, object?)[] parameters) =>
        await database.WriteAsync(
            connection => connection
                .Command($"UPDATE {sql.State} SET {set} WHERE row_id = @id AND claim = @claim", [("@id", row.Id), ("@claim", row.Claim), .. parameters])
                .RunAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false) == 1;

    private static ClaimedRow Map(DbDataReader reader, string claim) =>
        new(reader.GetValue(0), claim, reader.GetInt32(1), reader.GetString(2), reader.TextOrNull(3), reader.NumberOrNull(4), reader.TextOrNull(5));
}
