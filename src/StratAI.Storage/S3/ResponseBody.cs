namespace StratAI.Storage.S3;

/// <summary>The body of an answer, read as it arrives. It fails as the store does, not as HTTP does.</summary>
internal sealed class ResponseBody(HttpResponseMessage response, Stream inner, StallTimer timer) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var following = timer.Follow(cancellationToken);
        try
        {
            timer.Restart();
            return await inner.ReadAsync(buffer, timer.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (S3Errors.FromTransport(exception, cancellationToken) is { } failure)
        {
            throw failure;
        }
        finally
        {
            // Between reads it is the reader who takes the time.
            timer.Pause();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Synchronous reading would block a pool thread on the network.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            response.Dispose();
            timer.Dispose();
        }

        base.Dispose(disposing);
    }
}
