namespace StratAI.Storage.Migration.Internal;

/// <summary>Column to object. Wherever it is stopped, the row has either its data alone or an object that was read back and found right.</summary>
internal sealed class RowMover(MigrationParts parts) : IRowStep
{
    public string States => $"'{RowStates.Waiting}'";

    public async Task<RowResult> RunAsync(ClaimedRow row, CancellationToken cancellationToken)
    {
        if (row.ObjectKey is { } left && (await parts.Table.FindAsync(row.Id, cancellationToken).ConfigureAwait(false)).Key != left)
        {
            // An attempt before this one noted it and never came to its commit, which can no longer happen: the claim is ours.
            await parts.Ledger.AbandonAsync(left, cancellationToken).ConfigureAwait(false);
        }

        var content = await parts.Columns.ReceiveAsync(row.Id, cancellationToken).ConfigureAwait(false);
        if (content is null)
        {
            return await NotLegacyAsync(row, cancellationToken).ConfigureAwait(false);
        }

        await using var disposal = content.ConfigureAwait(false);
        return content.Upload is { } upload
            ? await StoreAsync(row, upload, content.Version, cancellationToken).ConfigureAwait(false)
            : await QuarantineAsync(row, content.Reason!, content.Version, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RowResult> StoreAsync(ClaimedRow row, Upload upload, string version, CancellationToken cancellationToken)
    {
        var migrated = new MigratedRow(row.Id, parts.Options.NewKey(ClaimedRow.Text(row.Id)), upload.Size, upload.Sha256);
        if (!await parts.State.NoteObjectAsync(row, migrated, parts.Options.Lease, cancellationToken).ConfigureAwait(false))
        {
            return new(RowOutcome.Lost);
        }

        await parts.Ledger.BeginAsync(migrated.Key, upload, cancellationToken).ConfigureAwait(false);
        try
        {
            await upload.SaveAsync(parts.Store, migrated.Key, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException exception) when (exception.Failure is ObjectStoreFailure.InvalidKey or ObjectStoreFailure.TooLarge)
        {
            await parts.Ledger.AbandonAsync(migrated.Key, cancellationToken).ConfigureAwait(false);
            var code = exception.Failure == ObjectStoreFailure.TooLarge ? "too-large" : "invalid-key";
            return await QuarantineAsync(row, $"{code}: {exception.Message}", version, cancellationToken).ConfigureAwait(false);
        }

        if (await StoredBytes.CheckAsync(parts.Store, migrated, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Corrupt, "The store does not give back what it was given.");
        }

        var outcome = await CommitAsync(row, migrated, upload.ContentType, version, cancellationToken).ConfigureAwait(false);
        if (outcome != RowOutcome.Moved)
        {
            await parts.Ledger.AbandonAsync(migrated.Key, cancellationToken).ConfigureAwait(false);
        }

        return outcome == RowOutcome.Changed
            ? await NotLegacyAsync(row, cancellationToken).ConfigureAwait(false)
            : new(outcome, upload.Size);
    }

    private Task<RowOutcome> CommitAsync(ClaimedRow row, MigratedRow migrated, string contentType, string version, CancellationToken cancellationToken) =>
        parts.Database.TransactAsync(
            async transaction =>
            {
                if (!await parts.Table.TrySetKeyAsync(transaction, migrated, contentType, version, cancellationToken).ConfigureAwait(false))
                {
                    return (RowOutcome.Changed, false);
                }

                if (!await parts.State.SettleAsync(transaction, row, RowStates.Moved, null, cancellationToken).ConfigureAwait(false))
                {
                    return (RowOutcome.Lost, false);
                }

                return await parts.Ledger.CommitAsync(transaction, migrated, cancellationToken).ConfigureAwait(false)
                    ? (RowOutcome.Moved, true)
                    : (RowOutcome.Changed, false);
            },
            cancellationToken);

    /// <summary>Sets a bad row aside, if it still is what was read.</summary>
    private async Task<RowResult> QuarantineAsync(ClaimedRow row, string reason, string version, CancellationToken cancellationToken)
    {
        var outcome = await parts.Database.TransactAsync(
            async transaction =>
            {
                if (!await parts.Table.IsUnchangedAsync(transaction, row.Id, version, cancellationToken).ConfigureAwait(false))
                {
                    return (RowOutcome.Changed, false);
                }

                return await parts.State.SettleAsync(transaction, row, RowStates.Quarantined, reason, cancellationToken).ConfigureAwait(false)
                    ? (RowOutcome.Quarantined, true)
                    : (RowOutcome.Lost, false);
            },
            cancellationToken).ConfigureAwait(false);
        return outcome == RowOutcome.Changed ? await NotLegacyAsync(row, cancellationToken).ConfigureAwait(false) : new(outcome, 0, reason);
    }

    /// <summary>The row is not what it was: finds out what it is now.</summary>
    private async Task<RowResult> NotLegacyAsync(ClaimedRow row, CancellationToken cancellationToken)
    {
        var found = await parts.Table.FindAsync(row.Id, cancellationToken).ConfigureAwait(false);
        if (found is { Exists: true, Key: null, HasData: true })
        {
            return new(RowOutcome.Changed);
        }

        // Set aside by a purge, it may have had its object all along.
        var state = found.Key is not null && found.Key == row.ObjectKey ? RowStates.Moved : RowStates.Gone;
        return await parts.State.SettleAsync(row, state, null, cancellationToken).ConfigureAwait(false) ? new(RowOutcome.Gone) : new(RowOutcome.Lost);
    }
}
