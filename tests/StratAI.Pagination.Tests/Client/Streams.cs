using System.Text;

namespace StratAI.Pagination.Tests.Client;

/// <summary>A body that begins as it is told and never ends.</summary>
internal sealed class EndlessStream(string start) : BodyStream
{
    private readonly byte[] _start = Encoding.UTF8.GetBytes(start);

    public long Given { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer.Span.Fill((byte)'x');
        if (Given == 0)
        {
            _start.CopyTo(buffer.Span);
        }

        Given += buffer.Length;
        return new(buffer.Length);
    }
}

/// <summary>A body of which nothing ever comes.</summary>
internal sealed class StalledStream : BodyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return 0;
    }
}

/// <summary>A body that breaks off.</summary>
internal sealed class BrokenStream : BodyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new HttpIOException(HttpRequestError.ResponseEnded, "It broke off.");
}

internal abstract class BodyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
