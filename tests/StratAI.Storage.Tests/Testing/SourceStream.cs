namespace StratAI.Storage.Tests.Testing;

/// <summary>A network body: not seekable, repeating a pattern, and, if asked, failing or waiting at a position.</summary>
public sealed class SourceStream(byte[] pattern, long length) : Stream
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SourceStream(byte[] content)
        : this(content, content.Length)
    {
    }

    /// <summary>Throws this once <see cref="StopAt"/> bytes were read.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Waits for this once <see cref="StopAt"/> bytes were read.</summary>
    public Task? Until { get; init; }

    public long StopAt { get; init; } = long.MaxValue;

    /// <summary>Completes when a read has come to <see cref="StopAt"/>.</summary>
    public Task Reached => _reached.Task;

    public long BytesRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (BytesRead >= StopAt)
        {
            _reached.TrySetResult();
            if (Failure is not null)
            {
                throw Failure;
            }

            await (Until ?? Task.CompletedTask).WaitAsync(cancellationToken);
        }

        var wanted = (int)Math.Min(Math.Min(buffer.Length, length - BytesRead), BytesRead < StopAt ? StopAt - BytesRead : long.MaxValue);
        var offset = (int)(BytesRead % Math.Max(1, pattern.Length));
        var count = Math.Min(wanted, pattern.Length - offset);
        pattern.AsMemory(offset, count).CopyTo(buffer);
        BytesRead += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The package must read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
