using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace StratAI.Storage.Internal;

/// <summary>
/// Holds a body of unknown length: one pooled buffer, and beyond it a temporary file. The buffer then carries the writes, so memory stays
/// the
/// threshold whatever the length.
/// </summary>
internal sealed class Spool(UploadOptions options) : IAsyncDisposable
{
    private readonly int _threshold = options.MemoryThresholdBytes;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(options.MemoryThresholdBytes);
    private SafeFileHandle? _file;
    private int _buffered;
    private long _flushed;
    private bool _disposed;
    private bool _keepBuffer;

    public long Length => _flushed + _buffered;

    public bool IsInMemory => _file is null;

    /// <summary>Room for at least one byte; what was written there counts once <see cref="Advance"/> says so.</summary>
    public async ValueTask<Memory<byte>> GetMemoryAsync(CancellationToken cancellationToken)
    {
        if (_buffered == _threshold)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return _buffer.AsMemory(_buffered, _threshold - _buffered);
    }

    public void Advance(int count) => _buffered += count;

    /// <summary>Ends writing. A body that went to the file gives its buffer back.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (_file is not null)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            Return();
        }
    }

    public async ValueTask<int> ReadAtAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_file is not null)
        {
            return await RandomAccess.ReadAsync(_file, buffer, offset, cancellationToken).ConfigureAwait(false);
        }

        var count = (int)Math.Clamp(_buffered - offset, 0, buffer.Length);
        _buffer.AsMemory((int)Math.Min(offset, _buffered), count).CopyTo(buffer);
        return count;
    }

    public Stream OpenRead() => new RegionStream(ReadAtAsync, 0, Length);

    /// <summary>Takes in a whole stream, up to <paramref name="maximum"/> bytes.</summary>
    public static async Task<Spool> FillAsync(UploadOptions options, SourceReader source, long maximum, CancellationToken cancellationToken)
    {
        var spool = new Spool(options);
        try
        {
            int count;
            do
            {
                var memory = await spool.GetMemoryAsync(cancellationToken).ConfigureAwait(false);
                count = await source.ReadAsync(memory, cancellationToken).ConfigureAwait(false);
                spool.Advance(count);
                if (spool.Length > maximum)
                {
                    throw new ObjectStoreException(
                        ObjectStoreFailure.TooLarge, $"The stream is longer than the {maximum} bytes stored in one piece.");
                }
            }
            while (count > 0);

            await spool.CompleteAsync(cancellationToken).ConfigureAwait(false);
            return spool;
        }
        catch
        {
            await spool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>From now on the buffer is left to the garbage collector, as somebody may go on reading from it.</summary>
    public void KeepBuffer() => _keepBuffer = true;

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        _file?.Dispose();
        Return();
        return ValueTask.CompletedTask;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            _file ??= Create(options.TemporaryFolder);
            await RandomAccess.WriteAsync(_file, _buffer.AsMemory(0, _buffered), _flushed, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not to be taken for a failure of the body.
            throw DiskErrors.IsFull(exception)
                ? new ObjectStoreException(ObjectStoreFailure.Full, "The disk of the folder of temporary files is full.", exception)
                : new ObjectStoreException(ObjectStoreFailure.Unavailable, "The folder of temporary files failed.", exception);
        }

        _flushed += _buffered;
        _buffered = 0;
    }

    private static SafeFileHandle Create(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "stratai-" + Path.GetRandomFileName());
        if (OperatingSystem.IsWindows())
        {
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        }

        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        // Unlinked while open: the kernel frees it when the handle closes, also when the process is killed.
        File.Delete(path);
        return file;
    }

    private void Return()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer && !_keepBuffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
