using System.Data.Common;
using Microsoft.Extensions.Options;
using StratAI.Storage;

namespace StratAI.Host.Features.Documents.Migration;

/// <summary>Moves documents out of the database beside the requests, at a gentle pace. Every instance takes part; they share the rows among them.</summary>
internal sealed partial class ImageMigrationJob(
    ImageMigrations migrations, IOptions<ImageMigrationOptions> options, TimeProvider time, ILogger<ImageMigrationJob> logger) : BackgroundService
{
    /// <summary>How long after the last row it looks for more, which an instance of an older version may have written.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        var migration = migrations.Create(common => common with
        {
            Workers = options.Value.Workers, BatchSize = options.Value.BatchSize, MaximumRowsPerSecond = options.Value.RowsPerSecond, Lease = options.Value.Lease,
        });
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await migration.RunAsync(null, stoppingToken);
            }
            catch (Exception exception) when (exception is DbException or ObjectStoreException or TimeoutException)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(1, LogLevel.Warning, "The migration of documents could not begin; it is tried again in five minutes.")]
    private partial void LogFailed(Exception exception);
}
