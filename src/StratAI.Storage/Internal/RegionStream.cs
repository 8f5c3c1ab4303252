namespace StratAI.Storage.Internal;

/// <summary>Reads at an offset of something; returns the number of bytes read, 0 at its end.</summary>
internal delegate ValueTask<int> ReadAt(Memory<byte> buffer, long offset, CancellationToken cancellationToken);

/// <summary>A seekable view of a region of a file or spool. Each view has a position of its own, so several may read one handle.</summary>
internal sealed class RegionStream(ReadAt read, long offset, long length, IDisposable? owned = null) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Clamp(length - _position, 0, buffer.Length);
        if (wanted == 0)
        {
            return 0;
        }

        var count = await read(buffer[..wanted], offset + _position, cancellationToken).ConfigureAwait(false);
        if (count == 0)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Corrupt, "The file became shorter while it was read.");
        }

        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    // Synchronous reading would block a pool thread on the disk.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            owned?.Dispose();
        }

        base.Dispose(disposing);
    }
}
