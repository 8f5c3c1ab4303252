using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StratAI.Pagination.Internal.Indexes;

/// <summary>Runs the check beside the application, once everything that may migrate the database has started.</summary>
internal sealed class IndexCheckService(
    PageIndexes indexes,
    SqlDialect dialect,
    Func<CancellationToken, Task<DbConnection>> open,
    IHostEnvironment environment,
    ILogger<PageIndexes> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _check = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment())
        {
            // A driver may block on opening.
            _check = Task.Run(() => CheckAsync(_stopping.Token), CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _check.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Not disposed of: a host may be told to stop once more after it has ended, and without a timer there is nothing to free.
    public void Dispose() => _stopping.Cancel();

    [SuppressMessage("Design", "CA1031", Justification = "Whatever is wrong with the database, the application does not depend on this.")]
    private async Task CheckAsync(CancellationToken stopping)
    {
        try
        {
            var connection = await open(stopping).ConfigureAwait(false);
            await using var disposal = connection.ConfigureAwait(false);
            var findings = await indexes.CheckAsync(connection, dialect, stopping).ConfigureAwait(false);
            foreach (var finding in findings)
            {
                var remedy = finding.Remedy is { } statement ? $"{statement};" : "";
                Log.PageIndexFinding(logger, finding.Table, finding.Order, finding.Detail, remedy);
            }

            if (findings.Count == 0)
            {
                Log.PageIndexesFound(logger, indexes.Count);
            }
        }
        catch (Exception exception)
        {
            if (!stopping.IsCancellationRequested)
            {
                Log.PageIndexCheckFailed(logger, exception);
            }
        }
    }
}
