namespace StratAI.Host.Features.Chat.Providers;

/// <summary>Reads server-sent events from another stream, and fails on one that is too long.</summary>
internal sealed class BoundedEventStream(Stream inner) : Stream
{
    private const int Maximum = 1024 * 1024;

    private int _length;
    private bool _isAtLineStart;

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
        var read = await inner.ReadAsync(buffer, cancellationToken);
        return Counted(buffer.Span[..read]);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Counted(buffer.AsSpan(offset, inner.Read(buffer, offset, count)));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Counted(ReadOnlySpan<byte> read)
    {
        foreach (var value in read)
        {
            // An empty line ends an event.
            _length = value == '\n' && _isAtLineStart ? 0 : _length + 1;
            _isAtLineStart = value == '\n' || (value == '\r' && _isAtLineStart);
        }

        return _length <= Maximum ? read.Length : throw new ModelException(ModelFault.Broken, $"An event of the model's stream is longer than {Maximum} bytes.");
    }
}
