using System.Buffers;
using System.Net;
using StratAI.Storage.Internal;

namespace StratAI.Storage.S3;

/// <summary>A request body of known length, copied through one pooled buffer, that a silent server or a cancelled caller ends.</summary>
internal sealed class UploadContent(SourceReader source, long length, StallTimer timer) : HttpContent
{
    private const int BufferBytes = 64 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                // A slow source is not a slow server.
                timer.Pause();
                var count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                timer.Restart();
                if (count == 0)
                {
                    return;
                }

                await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long bytes)
    {
        bytes = length;
        return true;
    }
}
