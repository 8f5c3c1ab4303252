using StratAI.Storage.Internal;
using StratAI.Storage.Migration.Internal;

namespace StratAI.Storage.Migration;

/// <summary>
/// One row's content as a store to read from, whatever the key asked for: its object, or its column. From the column, the
/// <see cref="ObjectInfo.ETag"/> is the SHA-256 of the bytes, as it is of a stored file. Made by <see cref="ColumnMigration.OpenRow"/>; for
/// one reader at a time.
/// </summary>
public sealed class DualRead : IObjectStore, IAsyncDisposable
{
    private readonly MigrationParts _parts;
    private readonly MigrationMetrics _metrics;
    private readonly object _id;
    private readonly DateTimeOffset _lastModified;
    private string? _key;
    private ColumnBytes? _column;

    internal DualRead(MigrationParts parts, MigrationMetrics metrics, object id, string? key, DateTimeOffset lastModified)
    {
        (_parts, _metrics, _id, _key, _lastModified) = (parts, metrics, id, key, lastModified);
    }

    /// <inheritdoc/>
    public string Mode => _parts.Store.Mode;

    /// <inheritdoc/>
    public Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken = default) => ReadAsync(
        stored => _parts.Store.StatAsync(stored, cancellationToken),
        () => Info(key),
        cancellationToken);

    /// <inheritdoc/>
    public Task<ObjectContent?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default) => ReadAsync(
        stored => _parts.Store.GetAsync(stored, options, cancellationToken),
        () => Open(key, options),
        cancellationToken);

    /// <summary>Gives the decoded bytes back, if the column was read. No stream of them may be in use.</summary>
    public ValueTask DisposeAsync() => _column?.DisposeAsync() ?? default;

    /// <summary>Not supported: what is opened by row is for reading.</summary>
    public Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Not supported: what is opened by row is for reading.</summary>
    public Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Not supported: what is opened by row is for reading.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Not supported: what is opened by row is for reading.</summary>
    public Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Not supported: what is opened by row is for reading.</summary>
    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    private async Task<T?> ReadAsync<T>(Func<string, Task<T?>> fromStore, Func<T> fromColumn, CancellationToken cancellationToken)
        where T : class
    {
        if (_column is not null)
        {
            return fromColumn();
        }

        var reason = "not_moved";
        ObjectStoreException? failure = null;
        if (_key is not null)
        {
            try
            {
                if (await fromStore(_key).ConfigureAwait(false) is { } found)
                {
                    return found;
                }

                reason = "object_missing";
            }
            catch (ObjectStoreException exception) when (exception.Failure == ObjectStoreFailure.Unavailable)
            {
                (reason, failure) = ("store_unavailable", exception);
            }
        }

        _column = await _parts.Columns.ReadAsync(_id, cancellationToken).ConfigureAwait(false);
        if (_column is not null)
        {
            _metrics.Fallback(reason);
            return fromColumn();
        }

        if (failure is not null)
        {
            throw failure;
        }

        // It moved and was purged since the caller read it.
        return _key is null && (_key = (await _parts.Table.FindAsync(_id, cancellationToken).ConfigureAwait(false)).Key) is not null
            ? await fromStore(_key).ConfigureAwait(false)
            : null;
    }

    private ObjectInfo Info(string key) => new() { Key = key, Size = _column!.Spool.Length, ETag = _column.Sha256, LastModified = _lastModified };

    private ObjectContent Open(string key, GetOptions? options)
    {
        var info = Info(key);
        Conditions.Check(options, info.ETag);
        if (options?.Range is not { } wanted)
        {
            return new(info, _column!.Spool.OpenRead());
        }

        var range = Ranges.Cut(wanted, info.Size);
        return new(info, new RegionStream(_column!.Spool.ReadAtAsync, range.Offset, range.Length!.Value), range);
    }
}
