using System.Buffers;
using System.Net;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>A request body of known length, copied through one pooled buffer, that a silent server or a cancelled caller ends.</summary>
internal sealed class UploadContent(SourceReader source, long length, StallTimer timer) : HttpContent
{
    private const int BufferBytes = 64 * 1024;
    private readonly CancellationTokenSource _stopping = new();
    private Task _sending = Task.CompletedTask;

    /// <summary>
    /// Ends the reading of the source: the client goes on with it for a while after it has given a request up, and until it is over the
    /// source is neither the caller's again nor another attempt's.
    /// </summary>
    /// <returns>False when the source's own stream does not let go of it within a timeout.</returns>
    public async Task<bool> StopAsync(TimeSpan timeout, TimeProvider time)
    {
        if (!_sending.IsCompleted)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _sending.WaitAsync(timeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return _sending.IsCompleted;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _sending = SendAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long bytes)
    {
        bytes = length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stopping.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task SendAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                // A slow source is not a slow server.
                timer.Pause();
                var count = await source.ReadAsync(buffer, stopping.Token).ConfigureAwait(false);
                timer.Restart();
                if (count == 0)
                {
                    return;
                }

                await stream.WriteAsync(buffer.AsMemory(0, count), stopping.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
