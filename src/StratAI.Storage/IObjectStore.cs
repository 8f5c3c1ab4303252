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
    /// <param name="range">The bytes wanted; <see langword="null"/> is all of them. One that begins at or after the end fails with <see
    /// cref="ObjectStoreFailure.RangeNotSatisfiable"/>.</param>
    /// <param name="cancellationToken">Ends the opening; reads take a token of their own.</param>
    /// <returns>The open object, which the caller disposes, or <see langword="null"/> when there is none.</returns>
    Task<ObjectContent?> GetAsync(string key, ByteRange? range = null, CancellationToken cancellationToken = default);

    /// <summary>Looks an object up without reading it.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>What is known of it, or <see langword="null"/> when there is none.</returns>
    Task<ObjectInfo?> StatAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object; one that does not exist is no error.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="cancellationToken">Ends the wait; whether the object is gone is then unknown.</param>
    Task DeleteAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists objects in the order of their keys' UTF-8 bytes, fetched as they are asked for. Objects written or deleted meanwhile may or
    /// may not be seen.
    /// </summary>
    /// <param name="prefix">What the keys begin with; empty lists all. It need not end at a <c>/</c>.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The objects, without <see cref="ObjectInfo.ContentType"/> and <see cref="ObjectInfo.Metadata"/>.</returns>
    IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default);
}
