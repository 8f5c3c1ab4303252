namespace StratAI.Storage.Migration.Internal;

/// <summary>Moves one row that somebody waits for.</summary>
internal sealed class SingleMove(MigrationParts parts, StateCounts counts, TimeProvider time)
{
    public async Task<MoveOutcome> RunAsync(object id, CancellationToken cancellationToken)
    {
        var found = await parts.Table.FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (found.Key is not null || !found.HasData)
        {
            return found.Key is not null ? MoveOutcome.Moved : MoveOutcome.Gone;
        }

        if (await parts.State.ClaimOneAsync(id, parts.Options.Lease, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return await counts.OfRowAsync(id, cancellationToken).ConfigureAwait(false) switch
            {
                RowStates.Quarantined => MoveOutcome.Quarantined,
                RowStates.Waiting => MoveOutcome.Busy,
                _ => await AgainAsync(id, cancellationToken).ConfigureAwait(false),
            };
        }

        using var deadline = new CancellationTokenSource(parts.Options.Lease * 0.8, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        RowResult? result = null;
        try
        {
            result = await new RowMover(parts).RunAsync(row, either.Token).ConfigureAwait(false);
        }
        finally
        {
            if (result is null or { Outcome: RowOutcome.Changed })
            {
                await ReleaseAsync(row).ConfigureAwait(false);
            }
        }

        return result.Value.Outcome switch
        {
            RowOutcome.Moved => MoveOutcome.Moved,
            RowOutcome.Quarantined => MoveOutcome.Quarantined,
            RowOutcome.Gone => await AgainAsync(id, cancellationToken).ConfigureAwait(false),
            _ => MoveOutcome.Busy,
        };
    }

    private async Task<MoveOutcome> AgainAsync(object id, CancellationToken cancellationToken)
    {
        var found = await parts.Table.FindAsync(id, cancellationToken).ConfigureAwait(false);
        return found.Key is not null ? MoveOutcome.Moved : found.Exists ? MoveOutcome.Busy : MoveOutcome.Gone;
    }

    private async Task ReleaseAsync(ClaimedRow row)
    {
        try
        {
            await parts.State.ReleaseAsync(row, TimeSpan.Zero, untried: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            // The lease ends by itself; what failed first is what the caller is told.
        }
    }
}
