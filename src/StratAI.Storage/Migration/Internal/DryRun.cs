namespace StratAI.Storage.Migration.Internal;

/// <summary>Decodes and checks every row that is still to move, and writes nothing anywhere.</summary>
internal sealed class DryRun(MigrationParts parts, Tally tally, ProgressReporter progress, TimeProvider time)
{
    private readonly Outage _outage = new(parts.Options, time);
    private readonly Pace _pace = new(parts.Options, time);

    public async Task<MigrationEnd> RunAsync(CancellationToken cancellationToken)
    {
        object? after = null;
        try
        {
            while (await parts.Table.ListAsync(after, cancellationToken).ConfigureAwait(false) is { Count: > 0 } ids)
            {
                var settings = new ParallelOptions { MaxDegreeOfParallelism = parts.Options.Workers, CancellationToken = cancellationToken };
                await Parallel.ForEachAsync(ids, settings, CheckAsync).ConfigureAwait(false);
                after = ids[^1];
                if (_outage.IsTooLong)
                {
                    return MigrationEnd.Stalled;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return MigrationEnd.Interrupted;
        }

        return MigrationEnd.Completed;
    }

    private async ValueTask CheckAsync(object id, CancellationToken cancellationToken)
    {
        while (!_outage.IsTooLong)
        {
            await _outage.WaitAsync(cancellationToken).ConfigureAwait(false);
            await _pace.NextAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var content = await parts.Columns.ReceiveAsync(id, cancellationToken).ConfigureAwait(false);
                await using var disposal = (content ?? (IAsyncDisposable)Stream.Null).ConfigureAwait(false);
                tally.Add(content is null ? new(RowOutcome.Gone)
                    : content.Upload is { } upload ? new(RowOutcome.Moved, upload.Size)
                    : new(RowOutcome.Quarantined, 0, content.Reason));
                _outage.Succeeded();
                progress.Report(null);
                return;
            }
            catch (Exception exception) when (Outage.Is(exception))
            {
                _outage.Failed(exception);
                progress.Report(_outage.Reason);
            }
        }
    }
}
