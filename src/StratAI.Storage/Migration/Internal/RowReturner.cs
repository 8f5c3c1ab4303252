using System.Security.Cryptography;

namespace StratAI.Storage.Migration.Internal;

/// <summary>
/// Object to column. A row that was not purged still has its data, which only are compared; one that was gets them back from the store, and
/// is for that held in memory as text.
/// </summary>
internal sealed class RowReturner(MigrationParts parts) : IRowStep
{
    public string States => $"'{RowStates.Moved}', '{RowStates.Purged}', '{RowStates.Returning}'";

    public async Task<RowResult> RunAsync(ClaimedRow row, CancellationToken cancellationToken)
    {
        var migrated = row.Migrated();
        if (row.State == RowStates.Returning)
        {
            // A run before this one gave the row its data and did not come to remove the object.
            return await FinishAsync(row, migrated, cancellationToken).ConfigureAwait(false);
        }

        var found = await parts.Table.FindAsync(row.Id, cancellationToken).ConfigureAwait(false);
        if (found.Key != migrated.Key)
        {
            await parts.State.SettleAsync(row, RowStates.Gone, null, cancellationToken).ConfigureAwait(false);
            return new(RowOutcome.Gone);
        }

        var version = found.HasData ? await MatchAsync(migrated, cancellationToken).ConfigureAwait(false) : null;
        string? text = null;
        if (version is null)
        {
            if (await StoredBytes.CheckAsync(parts.Store, migrated, cancellationToken).ConfigureAwait(false) is { } reason)
            {
                await parts.State.SettleAsync(row, RowStates.Quarantined, reason, cancellationToken).ConfigureAwait(false);
                return new(RowOutcome.Quarantined, 0, reason);
            }

            text = Convert.ToBase64String(await DownloadAsync(migrated, cancellationToken).ConfigureAwait(false));
        }

        var outcome = await CommitAsync(row, migrated, text, version, cancellationToken).ConfigureAwait(false);
        return outcome == RowOutcome.Returned ? await FinishAsync(row, migrated, cancellationToken).ConfigureAwait(false) : new(outcome);
    }

    /// <summary>The version of the column's data, when they are the object's bytes.</summary>
    private async Task<string?> MatchAsync(MigratedRow migrated, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await parts.Columns.ReadAsync(migrated.Id, cancellationToken).ConfigureAwait(false);
            await using var disposal = (bytes ?? (IAsyncDisposable)Stream.Null).ConfigureAwait(false);
            return bytes?.AreThoseOf(migrated) == true ? bytes.Version : null;
        }
        catch (ObjectStoreException exception) when (exception.Failure == ObjectStoreFailure.Corrupt)
        {
            return null;
        }
    }

    private async Task<byte[]> DownloadAsync(MigratedRow migrated, CancellationToken cancellationToken)
    {
        var content = await parts.Store.GetAsync(migrated.Key, cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw new ObjectStoreException(ObjectStoreFailure.Corrupt, "The object went away.");
        await using var disposal = content.ConfigureAwait(false);
        var bytes = new byte[migrated.Size];
        await content.Stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == migrated.Sha256
            ? bytes
            : throw new ObjectStoreException(ObjectStoreFailure.Corrupt, "The object changed while it was read.");
    }

    private Task<RowOutcome> CommitAsync(ClaimedRow row, MigratedRow migrated, string? text, string? version, CancellationToken cancellationToken) =>
        parts.Database.TransactAsync(
            async transaction =>
            {
                if (!await parts.Table.TryClearKeyAsync(transaction, migrated, text, version, cancellationToken).ConfigureAwait(false))
                {
                    return (RowOutcome.Changed, false);
                }

                if (!await parts.State.MarkReturningAsync(transaction, row, cancellationToken).ConfigureAwait(false))
                {
                    return (RowOutcome.Lost, false);
                }

                await parts.Ledger.ReleaseAsync(transaction, migrated, cancellationToken).ConfigureAwait(false);
                return (RowOutcome.Returned, true);
            },
            cancellationToken);

    /// <summary>The row is off the account only once its object is gone, so that a killed process leaves none.</summary>
    private async Task<RowResult> FinishAsync(ClaimedRow row, MigratedRow migrated, CancellationToken cancellationToken)
    {
        await parts.Ledger.RemoveAsync(migrated.Key, cancellationToken).ConfigureAwait(false);
        return await parts.State.RemoveAsync(row, cancellationToken).ConfigureAwait(false) ? new(RowOutcome.Returned, migrated.Size) : new(RowOutcome.Lost);
    }
}
