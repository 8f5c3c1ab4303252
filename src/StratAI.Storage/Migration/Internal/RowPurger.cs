namespace StratAI.Storage.Migration.Internal;

/// <summary>Empties the column of a row that moved, once object and column have been read again and are the same bytes.</summary>
internal sealed class RowPurger(MigrationParts parts) : IRowStep
{
    public string States => $"'{RowStates.Moved}'";

    public async Task<RowResult> RunAsync(ClaimedRow row, CancellationToken cancellationToken)
    {
        var migrated = row.Migrated();
        var found = await parts.Table.FindAsync(row.Id, cancellationToken).ConfigureAwait(false);
        if (found.Key != migrated.Key)
        {
            return await SettleAsync(row, RowStates.Gone, null, RowOutcome.Gone, cancellationToken).ConfigureAwait(false);
        }

        if (!found.HasData)
        {
            return await SettleAsync(row, RowStates.Purged, null, RowOutcome.Purged, cancellationToken).ConfigureAwait(false);
        }

        if (await StoredBytes.CheckAsync(parts.Store, migrated, cancellationToken).ConfigureAwait(false) is { } wrong)
        {
            return await SettleAsync(row, RowStates.Quarantined, wrong, RowOutcome.Quarantined, cancellationToken).ConfigureAwait(false);
        }

        var (version, differs) = await CompareAsync(migrated, cancellationToken).ConfigureAwait(false);
        return version is null
            ? await SettleAsync(row, RowStates.Quarantined, differs, RowOutcome.Quarantined, cancellationToken).ConfigureAwait(false)
            : await CommitAsync(row, migrated, version, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(string? Version, string? Differs)> CompareAsync(MigratedRow migrated, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await parts.Columns.ReadAsync(migrated.Id, cancellationToken).ConfigureAwait(false);
            await using var disposal = (bytes ?? (IAsyncDisposable)Stream.Null).ConfigureAwait(false);
            return bytes?.AreThoseOf(migrated) == true ? (bytes.Version, null) : (null, "column-differs: The column was written after the row had moved.");
        }
        catch (ObjectStoreException exception) when (exception.Failure == ObjectStoreFailure.Corrupt)
        {
            return (null, $"column-differs: {exception.Message}");
        }
    }

    private async Task<RowResult> CommitAsync(ClaimedRow row, MigratedRow migrated, string version, CancellationToken cancellationToken)
    {
        var outcome = await parts.Database.TransactAsync(
            async transaction => !await parts.Table.TryPurgeAsync(transaction, migrated, version, cancellationToken).ConfigureAwait(false) ? (RowOutcome.Changed, false)
                : !await parts.State.SettleAsync(transaction, row, RowStates.Purged, null, cancellationToken).ConfigureAwait(false) ? (RowOutcome.Lost, false)
                : (RowOutcome.Purged, true),
            cancellationToken).ConfigureAwait(false);
        return new(outcome, migrated.Size);
    }

    private async Task<RowResult> SettleAsync(ClaimedRow row, string state, string? reason, RowOutcome outcome, CancellationToken cancellationToken) =>
        await parts.State.SettleAsync(row, state, reason, cancellationToken).ConfigureAwait(false) ? new(outcome, 0, reason) : new(RowOutcome.Lost);
}
