namespace StratAI.Storage.AspNetCore;

/// <summary>
/// Counts what flows through, and fails the read that passes the upper bound, or the one that would end below the lower one: before the store
/// can take what it got for the whole.
/// </summary>
internal sealed class BoundedStream(Stream inner, BoundedStream.Bounds bounds) : Stream
{
    private long _read;

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
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _read += count;
        if (_read > bounds.Maximum || (count == 0 && buffer.Length > 0 && _read < bounds.Minimum))
        {
            throw new OutOfBoundsException(_read > bounds.Maximum);
        }

        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    /// <summary>The fewest and the most bytes.</summary>
    internal readonly record struct Bounds(long Minimum, long Maximum);

    internal sealed class OutOfBoundsException(bool tooLarge) : Exception
    {
        public bool TooLarge => tooLarge;
    }
}
