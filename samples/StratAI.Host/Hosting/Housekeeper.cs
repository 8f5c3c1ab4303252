using StratAI.Host.Features.Documents;
using StratAI.Host.Http;

namespace StratAI.Host.Hosting;

/// <summary>Every minute, gives back what crashes, failed deletions and time have left behind. Several instances may do so at once.</summary>
internal sealed partial class Housekeeper(
    ObjectLedger ledger, DirectUploadStore uploads, IdempotencyStore idempotency, TimeProvider time, ILogger<Housekeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryAsync("objects nothing refers to", ledger.SweepAsync);
            await TryAsync("uploads that were never completed", uploads.SweepAsync);
            await TryAsync("idempotency keys", idempotency.SweepAsync);
        }

        async Task TryAsync(string what, Func<CancellationToken, Task> sweep)
        {
            try
            {
                await sweep(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(exception, what);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The {What} could not be swept; the next round tries again.")]
    private partial void LogFailed(Exception exception, string what);
}
