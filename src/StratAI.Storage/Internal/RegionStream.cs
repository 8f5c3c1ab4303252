namespace StratAI.Storage.Internal;

/// <summary>Reads at an offset of something; returns the number of bytes read, 0 at its end.</summary>
internal delegate ValueTask<int> ReadAt(Memory<byte> buffer, long offset, CancellationToken cancellationToken);

/// <summary>The same at once, for sources that are on this machine.</summary>
internal delegate int ReadAtNow(Span<byte> buffer, long offset);

/// <summary>A seekable view of a region of a file or spool. Each view has a position of its own, so several may read one handle.</summary>
internal sealed class RegionStream(ReadAt read, long offset, long length, IDisposable? owned = null, ReadAtNow? readNow = null) : Stream
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
        var wanted = Wanted(buffer.Length);
        return wanted == 0 ? 0 : Advance(await read(buffer[..wanted], offset + _position, cancellationToken).ConfigureAwait(false));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // It blocks on the disk, so only what is read by threads of its own offers it.
    public override int Read(Span<byte> buffer)
    {
        if (readNow is null)
        {
            throw new NotSupportedException("Read asynchronously.");
        }

        var wanted = Wanted(buffer.Length);
        return wanted == 0 ? 0 : Advance(readNow(buffer[..wanted], offset + _position));
    }

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

    private int Wanted(int room) => (int)Math.Clamp(length - _position, 0, room);

    private int Advance(int count)
    {
        if (count == 0)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Corrupt, "The file became shorter while it was read.");
        }

        _position += count;
        return count;
    }
}
