using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using StratAI.Storage.Internal;

namespace StratAI.Storage.FileSystem;

/// <summary>
/// Objects as files of one folder; see <see cref="KeyPath"/> for their names and <see cref="ObjectFile"/> for what is in them.
/// </summary>
internal sealed class FileSystemObjectStore : IObjectStore
{
    private readonly string _root;
    private readonly string _temporary;
    private readonly TimeProvider _time;

    public FileSystemObjectStore(FileSystemOptions options, TimeProvider time, ILogger logger)
    {
        _root = Path.GetFullPath(options.Root);
        _temporary = Path.Combine(_root, ".tmp");
        _time = time;
        Directory.CreateDirectory(_root);
        if (TemporaryFile.Sweep(_temporary) is > 0 and var count)
        {
            logger.TemporaryFilesSwept(count);
        }
    }

    public string Mode => "embedded";

    public async Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        options ??= new();
        PutRules.Validate(options);
        var target = KeyPath.FileOf(_root, ObjectKey.Validate(key));
        var source = new SourceReader(content, SourceReader.LengthOf(content, options.Length));
        try
        {
            if (options.OnlyIfAbsent && File.Exists(target))
            {
                throw new ObjectStoreException(ObjectStoreFailure.PreconditionFailed, "An object of this key exists.");
            }

            using var file = new TemporaryFile(_temporary);
            var (size, sha256) = await file.WriteAsync(source, cancellationToken).ConfigureAwait(false);
            var trailer = new ObjectTrailer(size, sha256, options.ContentType, _time.GetUtcNow(), PutRules.Normalize(options.Metadata));
            var end = ObjectFile.Write(trailer);
            await file.PublishAsync(end, target, replace: !options.OnlyIfAbsent, cancellationToken).ConfigureAwait(false);
            return trailer.ToInfo(key);
        }
        catch (Exception exception) when (source.Failure is null && Translate(exception) is { } failure)
        {
            throw failure;
        }
    }

    public async Task<ObjectContent?> GetAsync(string key, GetOptions? options, CancellationToken cancellationToken)
    {
        var (file, trailer) = await OpenAsync(KeyPath.FileOf(_root, ObjectKey.Validate(key)), cancellationToken).ConfigureAwait(false);
        if (file is null || trailer is null)
        {
            return null;
        }

        try
        {
            Conditions.Check(options, trailer.ETag);
            var served = options?.Range is { } wanted ? Ranges.Cut(wanted, trailer.Size) : (ByteRange?)null;
            var (offset, length) = served is { } cut ? (cut.Offset, cut.Length!.Value) : (0, trailer.Size);
            ReadAt read = (buffer, at, token) => RandomAccess.ReadAsync(file, buffer, at, token);
            return new(trailer.ToInfo(key), new RegionStream(read, offset, length, file), served);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public async Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken)
    {
        var (file, trailer) = await OpenAsync(KeyPath.FileOf(_root, ObjectKey.Validate(key)), cancellationToken).ConfigureAwait(false);
        file?.Dispose();
        return trailer?.ToInfo(key);
    }

    public async Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(destination);
        var content = await GetAsync(source, null, cancellationToken).ConfigureAwait(false);
        if (content is null)
        {
            return null;
        }

        await using var disposal = content.ConfigureAwait(false);
        return await PutAsync(destination, content.Stream, (options ?? new()).For(content.Info), cancellationToken).ConfigureAwait(false);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = KeyPath.FileOf(_root, ObjectKey.Validate(key));
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            File.Delete(path);
            RemoveEmptyFolders(Path.GetDirectoryName(path)!);
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever stored below that folder.
        }
        catch (Exception exception) when (Translate(exception) is { } failure)
        {
            return Task.FromException(failure);
        }

        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ObjectKey.Validate(keys);
        var failures = new List<DeleteFailure>();
        foreach (var key in keys)
        {
            try
            {
                await DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectStoreException exception)
            {
                failures.Add(new(key, exception.Failure));
            }
        }

        return failures;
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (path, utf8) in ObjectTree.Walk(_root, ObjectKey.ValidatePrefix(prefix), ObjectKey.ValidatePrefix(after ?? "")))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (file, trailer) = await OpenAsync(path, cancellationToken).ConfigureAwait(false);
            file?.Dispose();
            if (trailer is not null)
            {
                yield return trailer.ToInfo(Encoding.UTF8.GetString(utf8)) with { ContentType = null, Metadata = PutOptions.NoMetadata };
            }
        }
    }

    private static async Task<(SafeFileHandle? File, ObjectTrailer? Trailer)> OpenAsync(string path, CancellationToken cancellationToken)
    {
        SafeFileHandle? file = null;
        try
        {
            // Sharing deletion too lets a write replace the object under its readers, who keep the old bytes.
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
            return (file, await ObjectFile.ReadAsync(file, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, null);
        }
        catch (Exception exception)
        {
            file?.Dispose();
            if (Translate(exception) is { } failure)
            {
                throw failure;
            }

            throw;
        }
    }

    private void RemoveEmptyFolders(string folder)
    {
        try
        {
            for (; folder.Length > _root.Length; folder = Path.GetDirectoryName(folder)!)
            {
                Directory.Delete(folder);
            }
        }
        catch (IOException)
        {
            // Not empty, or another delete was first: either ends the climb.
        }
    }

    private static ObjectStoreException? Translate(Exception exception) => exception switch
    {
        UnauthorizedAccessException =>
            new(ObjectStoreFailure.Denied, "The store's folder cannot be used with the process's permissions.", exception),
        _ when DiskErrors.IsFull(exception) => new(ObjectStoreFailure.Full, "The disk of the store's folder is full.", exception),
        IOException => new(ObjectStoreFailure.Unavailable, "The store's folder failed.", exception),
        _ => null,
    };
}
