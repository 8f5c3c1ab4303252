using Microsoft.Extensions.Logging;

namespace StratAI.Storage.Migration.Internal;

/// <summary>Workers that claim rows and take them through a step until none is left, they are stopped, or an outage lasts too long.</summary>
internal sealed class MigrationRun(
    IRowStep step, MigrationParts parts, StateCounts counts, MigrationMetrics metrics, Tally tally, ProgressReporter progress, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestIdle = TimeSpan.FromMilliseconds(20);

    private readonly ColumnMigrationOptions _options = parts.Options;
    private readonly Outage _outage = new(parts.Options, time);
    private readonly Pace _pace = new(parts.Options, time);

    public async Task<MigrationEnd> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, _options.Workers).Select(_ => Task.Run(() => WorkAsync(stop), CancellationToken.None))).ConfigureAwait(false);
        return cancellationToken.IsCancellationRequested ? MigrationEnd.Interrupted : _outage.IsTooLong ? MigrationEnd.Stalled : MigrationEnd.Completed;
    }

    private async Task WorkAsync(CancellationTokenSource stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && !_outage.IsTooLong)
            {
                await PauseAsync(stop.Token).ConfigureAwait(false);
                if (!await TryBatchAsync(stop.Token).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while it waited; it had no row.
        }
        catch
        {
            // A mistake that no other row would escape either.
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task PauseAsync(CancellationToken stop)
    {
        await _outage.WaitAsync(stop).ConfigureAwait(false);
        while (_options.PauseFor is { } asked && await asked(stop).ConfigureAwait(false) is var pause && pause > TimeSpan.Zero)
        {
            progress.Report("It was asked to pause.");
            await Task.Delay(pause, time, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Works on one batch, or waits for rows that are not due yet; false when there are no more.</summary>
    private async Task<bool> TryBatchAsync(CancellationToken stop)
    {
        List<ClaimedRow> rows;
        var claimed = time.GetTimestamp();
        try
        {
            // To its end also when the run is being stopped: a claim whose answer nobody reads would hold its rows for the whole lease.
            rows = await parts.State.ClaimAsync(step.States, _options.BatchSize, _options.Lease, CancellationToken.None).ConfigureAwait(false);
            if (rows.Count == 0)
            {
                var (count, seconds) = await counts.PendingAsync(step.States, stop).ConfigureAwait(false);
                if (count == 0)
                {
                    return false;
                }

                progress.Report(_outage.Reason);
                var wait = TimeSpan.FromSeconds(Math.Clamp(seconds, ShortestIdle.TotalSeconds, LongestIdle.TotalSeconds));
                await Task.Delay(wait, time, stop).ConfigureAwait(false);
                return true;
            }
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            Failed(exception);
            return true;
        }

        for (var next = 0; next < rows.Count; next++)
        {
            // Once half the lease is over, the rest had better be claimed anew.
            if (stop.IsCancellationRequested || _outage.Left() > TimeSpan.Zero || time.GetElapsedTime(claimed) > _options.Lease / 2)
            {
                await GiveBackAsync(rows[next..]).ConfigureAwait(false);
                break;
            }

            await TryRowAsync(rows, next, stop).ConfigureAwait(false);
        }

        return true;
    }

    private async Task TryRowAsync(List<ClaimedRow> rows, int next, CancellationToken stop)
    {
        try
        {
            await _pace.NextAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop gives it back with the others.
            await GiveBackAsync([rows[next]]).ConfigureAwait(false);
            return;
        }

        var started = time.GetTimestamp();
        var result = await WorkOnAsync(rows, next).ConfigureAwait(false);
        tally.Add(result);
        metrics.Row(result.Outcome);
        progress.Report(_outage.Reason);
        try
        {
            await _pace.RestAsync(time.GetElapsedTime(started), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }

    /// <summary>Works on one row to its end, also when the run is being stopped: what is begun is finished, and the lease bounds it.</summary>
    private async Task<RowResult> WorkOnAsync(List<ClaimedRow> rows, int next)
    {
        var row = rows[next];
        using var deadline = new CancellationTokenSource(_options.Lease * 0.8, time);
        try
        {
            var result = await step.RunAsync(row, deadline.Token).ConfigureAwait(false);
            _outage.Succeeded();
            if (result.Outcome == RowOutcome.Changed)
            {
                await parts.State.ReleaseAsync(row, _outage.DelayOf(row.Attempts), untried: false, deadline.Token).ConfigureAwait(false);
            }
            else
            {
                var asked = time.GetTimestamp();
                await parts.State.ProbeAsync(row.Id, deadline.Token).ConfigureAwait(false);
                _pace.Sample(time.GetElapsedTime(asked));
            }

            return result;
        }
        catch (Exception exception) when (Outage.Is(exception) || (exception is OperationCanceledException && deadline.IsCancellationRequested))
        {
            Failed(exception is OperationCanceledException ? new TimeoutException("A row took longer than its lease.") : exception);
            await TryReleaseAsync(row, _outage.DelayOf(row.Attempts), untried: false).ConfigureAwait(false);
            return new(RowOutcome.Failed);
        }
        catch
        {
            await GiveBackAsync(rows[next..]).ConfigureAwait(false);
            throw;
        }
    }

    private void Failed(Exception exception)
    {
        if (_outage.Failed(exception))
        {
            logger.MigrationWaits(_outage.Left(), _outage.Reason ?? "");
        }

        progress.Report(_outage.Reason);
    }

    private async Task GiveBackAsync(IEnumerable<ClaimedRow> rows)
    {
        foreach (var row in rows)
        {
            await TryReleaseAsync(row, TimeSpan.Zero, untried: true).ConfigureAwait(false);
        }
    }

    private async Task TryReleaseAsync(ClaimedRow row, TimeSpan delay, bool untried)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10), time);
        try
        {
            await parts.State.ReleaseAsync(row, delay, untried, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (Outage.Is(exception) || exception is OperationCanceledException)
        {
            // The lease ends by itself.
        }
    }
}
