using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StratAI.Storage.Migration.Internal;

namespace StratAI.Storage.Migration;

/// <summary>
/// Moves a column of base64 text to an object store while the application runs. Any number of processes may run it at once, and one that was
/// killed is simply run again: every row moves once. The column keeps its data until <see cref="PurgeAsync"/>. Safe to use concurrently.
/// </summary>
public sealed class ColumnMigration
{
    private readonly MigrationParts _parts;
    private readonly StateCounts _counts;
    private readonly MigrationMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Makes a migration; nothing is read or written yet.</summary>
    /// <param name="database">The application's database.</param>
    /// <param name="store">Where the bytes go.</param>
    /// <param name="gate">Checks the bytes as it checks uploads, and counts them as such.</param>
    /// <param name="meters">For the counters of <see cref="StorageDiagnostics"/>.</param>
    /// <param name="options">What moves, and how.</param>
    /// <param name="ledger">The application's account of its objects, if it has one.</param>
    /// <param name="time">The clock of pauses; leases go by the database's. Default: the system's.</param>
    /// <param name="logger">Default: none.</param>
    /// <exception cref="ArgumentException">A name or a bound of the options is not allowed.</exception>
    public ColumnMigration(
        MigrationDatabase database, IObjectStore store, UploadGate gate, IMeterFactory meters, ColumnMigrationOptions options,
        IMigrationLedger? ledger = null, TimeProvider? time = null, ILogger<ColumnMigration>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var sql = MigrationSql.For(database.Flavour, options);
        _parts = new(
            options, database, new(database, sql), new(database, sql), new(database, sql, options, gate), store, ledger ?? new StoreLedger(store));
        _counts = new(database, sql);
        _metrics = new(meters);
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<ColumnMigration>.Instance;
    }

    /// <summary>Moves every row, those included that appear meanwhile, and waits for what other processes have claimed.</summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it: rows in flight are finished, which a lease bounds.</param>
    /// <returns>What became of the rows.</returns>
    /// <exception cref="System.Data.Common.DbException">The database does not answer at the start, or has no such table.</exception>
    public async Task<MigrationReport> RunAsync(IProgress<MigrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await _parts.State.PrepareAsync(cancellationToken).ConfigureAwait(false);
        await _parts.State.RequeueAsync(cancellationToken).ConfigureAwait(false);
        await _parts.State.EnqueueAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync(new RowMover(_parts), () => _parts.State.EnqueueAsync(cancellationToken), progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads, decodes and checks every row, and writes nothing.</summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What would become of the rows.</returns>
    public async Task<MigrationReport> DryRunAsync(IProgress<MigrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var before = await _parts.State.ExistsAsync(cancellationToken).ConfigureAwait(false)
            ? await _counts.ByStateAsync(cancellationToken).ConfigureAwait(false)
            : new Dictionary<string, long>();
        var tally = new Tally();
        var waiting = await _parts.Table.CountAsync(cancellationToken).ConfigureAwait(false);
        var reporter = new ProgressReporter(progress, tally, waiting, _time);
        var end = await new DryRun(_parts, tally, reporter, _time).RunAsync(cancellationToken).ConfigureAwait(false);
        reporter.Report(null, always: true);
        return Reports.OfDryRun(end, tally, before, waiting, reporter.Elapsed);
    }

    /// <summary>
    /// Undoes the migration: every row it moved gets its data back, verified, and lets go of its object. A purged row's object is held in
    /// memory for that.
    /// </summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it: rows in flight are finished.</param>
    /// <returns>What became of the rows.</returns>
    public async Task<MigrationReport> ReverseAsync(IProgress<MigrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await _parts.State.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync(new RowReturner(_parts), null, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the time in which the migration can be undone without the store: empties the column of every row that moved, after reading object
    /// and column once more. One that differs is set aside.
    /// </summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops it: rows in flight are finished.</param>
    /// <returns>What became of the rows.</returns>
    public async Task<MigrationReport> PurgeAsync(IProgress<MigrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await _parts.State.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync(new RowPurger(_parts), null, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Queues every row again that was set aside; <see cref="RunAsync(IProgress{MigrationProgress}?, CancellationToken)"/> then tries them.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Number of rows.</returns>
    public async Task<int> RetryQuarantinedAsync(CancellationToken cancellationToken = default)
    {
        await _parts.State.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await _counts.RetryQuarantinedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The rows that were set aside, in the order of their ids, fetched as they are asked for.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<QuarantinedRow> ListQuarantinedAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        object? after = null;
        while (await _parts.State.ExistsAsync(cancellationToken).ConfigureAwait(false)
            && await _counts.QuarantinedAsync(after, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var (id, reason) in page)
            {
                yield return new(ClaimedRow.Text(id), reason);
            }

            after = page[^1].Id;
        }
    }

    /// <summary>Moves one row at once, ahead of its turn. Failures of store and database are thrown.</summary>
    /// <param name="id">The row's id as the database's driver takes it.</param>
    /// <param name="cancellationToken">Ends the attempt; the row stays queued.</param>
    /// <returns>What became of it. A row that was set aside stays so.</returns>
    public async Task<MoveOutcome> MoveRowAsync(object id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        await _parts.State.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await new SingleMove(_parts, _counts, _time).RunAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Opens the content of a row, wherever it is at the moment: the object of its key; or, when it has none yet, or the store does not have
    /// it or does not answer, its column, decoded and out of the database before the first byte is served.
    /// </summary>
    /// <param name="id">The row's id as the database's driver takes it.</param>
    /// <param name="key">The row's key as the caller read it; <see langword="null"/> while it has not moved.</param>
    /// <param name="lastModified">When the content was stored, for answers from the column.</param>
    /// <returns>A store with that one object under any key, to be read and then disposed.</returns>
    public DualRead OpenRow(object id, string? key, DateTimeOffset lastModified)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(_parts, _metrics, id, key, lastModified);
    }

    private async Task<MigrationReport> RunAsync(
        IRowStep step, Func<Task<long>>? more, IProgress<MigrationProgress>? progress, CancellationToken cancellationToken)
    {
        var tally = new Tally();
        var (waiting, _) = await _counts.PendingAsync(step.States, cancellationToken).ConfigureAwait(false);
        var reporter = new ProgressReporter(progress, tally, waiting, _time);
        _logger.MigrationBegins(waiting);
        MigrationEnd end;
        do
        {
            end = await new MigrationRun(step, _parts, _counts, _metrics, tally, reporter, _time, _logger).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        while (end == MigrationEnd.Completed && more is not null && !cancellationToken.IsCancellationRequested && await more().ConfigureAwait(false) > 0);

        reporter.Report(null, always: true);
        _logger.MigrationEnds(end, tally.Done, tally[RowOutcome.Quarantined]);
        // Also after a cancellation: the counts are what the caller wants to see then.
        var counts = end == MigrationEnd.Stalled ? null : await _counts.ByStateAsync(CancellationToken.None).ConfigureAwait(false);
        return Reports.OfRun(end, tally, counts, waiting, reporter.Elapsed);
    }
}
