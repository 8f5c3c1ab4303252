namespace StratAI.Storage;

/// <summary>
/// Objects by key: files in a folder, or a bucket of an S3-compatible server, with the same behaviour. Writes are atomic: a reader sees the
/// object before or after a write, whole, and a write that fails or is cancelled leaves what was there.
/// </summary>
/// <remarks>
/// A key is 1 to 1,024 bytes of UTF-8, compared byte by byte: segments parted by <c>/</c>, none of them empty, <c>.</c> or <c>..</c>,
/// without
/// control characters, U+FFFE or U+FFFF. Any other key fails with <see cref="ObjectStoreFailure.InvalidKey"/>.
/// All members are safe to call concurrently. A failure is an <see cref="ObjectStoreException"/>; one thrown by the caller's own stream
/// passes unchanged.
/// </remarks>
public interface IObjectStore
{
    /// <summary><c>embedded</c> when the objects lie on this machine, <c>distributed</c> when every instance sees the same ones.</summary>
    string Mode { get; }

    /// <summary>Stores an object, replacing one of the same key. Memory does not grow with its size.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="content">Read from its current position to its end; not disposed.</param>
    /// <param name="options">Type, length, metadata and condition.</param>
    /// <param name="cancellationToken">Ends the write; nothing is stored.</param>
    /// <returns>What was stored. On S3, the time is the server's <c>Date</c>.</returns>
    Task<ObjectInfo> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Opens an object for reading.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="options">Which bytes, and on what condition; <see langword="null"/> is all of them, as they are.</param>
    /// <param name="cancellationToken">Ends the opening; reads take a token of their own.</param>
    /// <returns>The open object, which the caller disposes, or <see langword="null"/> when there is none.</returns>
    Task<ObjectContent?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Looks an object up without reading it.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>What is known of it, or <see langword="null"/> when there is none.</returns>
    Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Copies an object within the store, bytes, type and metadata, replacing one of the destination's key.</summary>
    /// <param name="source">The object to copy.</param>
    /// <param name="destination">The copy's key; may be that of the source, to change its type or metadata.</param>
    /// <param name="options">What the copy is to have of its own.</param>
    /// <param name="cancellationToken">Ends the wait; whether the copy exists is then unknown.</param>
    /// <returns>The copy, or <see langword="null"/> when there is no object to copy. On S3, objects up to 5 GiB.</returns>
    Task<ObjectInfo?> CopyAsync(string source, string destination, CopyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object; one that does not exist is no error.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="cancellationToken">Ends the wait; whether the object is gone is then unknown.</param>
    Task DeleteAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Deletes objects, on S3 up to 1,000 by one request; those that do not exist are no error.</summary>
    /// <param name="keys">Their names, any number.</param>
    /// <param name="cancellationToken">Ends the wait; which of the objects are gone is then unknown.</param>
    /// <returns>Those that could not be deleted, and why; empty when all are gone. A request that gets no answer throws.</returns>
    Task<IReadOnlyList<DeleteFailure>> DeleteManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists objects in the order of their keys' UTF-8 bytes, fetched as they are asked for. Objects written or deleted meanwhile may or
    /// may not be seen.
    /// </summary>
    /// <param name="prefix">What the keys begin with; empty lists all. It need not end at a <c>/</c>.</param>
    /// <param name="after">Begins behind this key, which need not exist: the last key of a page is the cursor of the next. Default: at the
    /// first.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The objects, without <see cref="ObjectInfo.ContentType"/> and <see cref="ObjectInfo.Metadata"/>.</returns>
    IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? after = null, CancellationToken cancellationToken = default);
}
