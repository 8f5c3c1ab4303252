using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using StratAI.Storage.Internal;

namespace StratAI.Storage.FileSystem;

/// <summary>
/// A file being written, on the volume where it will be published by a rename. It stays locked until it is closed, so that a store
/// starting beside this one can tell it from a file that a stopped process left behind.
/// </summary>
internal sealed class TemporaryFile : IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private const int PublishAttempts = 16;
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private bool _published;

    public TemporaryFile(string folder)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, Path.GetRandomFileName());
        // FileShare.Delete lets Windows rename it while open, and takes a shared lock on Unix.
        _file = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
    }

    /// <summary>Deletes what stopped processes left; returns how many files.</summary>
    public static int Sweep(string folder)
    {
        var count = 0;
        foreach (var path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [])
        {
            try
            {
                // Opening for oneself alone fails on a file that a living process is writing.
                using (File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                File.Delete(path);
                count++;
            }
            catch (IOException)
            {
                continue;
            }
        }

        return count;
    }

    /// <summary>Copies a stream to the file; returns its length and SHA-256.</summary>
    public async Task<(long Size, string Sha256)> WriteAsync(SourceReader source, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            int count;
            while ((count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, count);
                await RandomAccess.WriteAsync(_file, buffer.AsMemory(0, count), size, cancellationToken).ConfigureAwait(false);
                size += count;
            }

            return (size, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the last bytes, waits until the disk has everything, and gives the file its name.</summary>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreFailure.PreconditionFailed"/> when the name is taken and may not be
    /// replaced.</exception>
    public async Task PublishAsync(ReadOnlyMemory<byte> trailer, string target, bool replace, CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(_file, trailer, RandomAccess.GetLength(_file), cancellationToken).ConfigureAwait(false);
        RandomAccess.FlushToDisk(_file);
        cancellationToken.ThrowIfCancellationRequested();
        for (var attempt = 1; !_published; attempt++)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                if (replace)
                {
                    File.Move(_path, target, overwrite: true);
                }
                else if (!ExclusiveMove.TryMove(_path, target))
                {
                    throw new ObjectStoreException(ObjectStoreFailure.PreconditionFailed, "An object of this key exists.");
                }

                _published = true;
            }
            catch (IOException) when (attempt < PublishAttempts)
            {
                // Deletes remove folders that are empty at that moment, so one may vanish while the path is made or before the move;
                // that shows as a missing folder, a missing file, or one that "already exists". A real failure fails the last time too.
            }
        }
    }

    public void Dispose()
    {
        if (!_published)
        {
            File.Delete(_path);
        }

        _file.Dispose();
    }
}
