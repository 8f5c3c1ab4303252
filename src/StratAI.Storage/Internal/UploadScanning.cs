using Microsoft.Extensions.Logging;

namespace StratAI.Storage.Internal;

/// <summary>Asks the scanners one after the other, each within its time.</summary>
internal sealed class UploadScanning(IEnumerable<IUploadScanner> scanners, UploadOptions options, TimeProvider time, ILogger<UploadGate> logger)
{
    private readonly IUploadScanner[] _scanners = [.. scanners];

    /// <summary>Null when all of them found it clean.</summary>
    public async ValueTask<UploadRefusal?> ScanAsync(Spool spool, string sha256, string contentType, CancellationToken cancellationToken)
    {
        foreach (var scanner in _scanners)
        {
            if (await RefuseAsync(scanner, spool, new(spool, sha256, contentType), cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private async ValueTask<UploadRefusal?> RefuseAsync(IUploadScanner scanner, Spool spool, ScanInput input, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ScanTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Task<ScanVerdict>? scan = null;
        try
        {
            scan = scanner.ScanAsync(input, either.Token).AsTask();
            var verdict = await scan.WaitAsync(either.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The scanner gave no verdict.");
            return verdict.IsRejected
                ? new(UploadRefusalReason.Rejected, verdict.Detail, input.ContentType) { RejectionCode = verdict.Code }
                : null;
        }
        catch (Exception exception)
        {
            // Whoever goes on reading after its time must not find the bytes of another upload in the buffer.
            if (scan is { IsCompleted: false })
            {
                spool.KeepBuffer();
            }

            cancellationToken.ThrowIfCancellationRequested();
            logger.ScanFailed(scanner.GetType().Name, limit.IsCancellationRequested ? "time is up" : "it threw", exception);
            return new(UploadRefusalReason.ScanFailed, "The file could not be checked. Try again later.", input.ContentType);
        }
    }
}
