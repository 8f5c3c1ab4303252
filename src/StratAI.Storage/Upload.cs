using StratAI.Storage.Internal;

namespace StratAI.Storage;

/// <summary>
/// Bytes that passed every check, held in memory or an unnamed temporary file until they are saved. Dispose it to let them go.
/// </summary>
public sealed class Upload : IAsyncDisposable
{
    private readonly Spool _spool;

    internal Upload(Spool spool, string sha256, string contentType)
    {
        _spool = spool;
        Size = spool.Length;
        Sha256 = sha256;
        ContentType = contentType;
    }

    /// <summary>Number of bytes.</summary>
    public long Size { get; }

    /// <summary>SHA-256 of the bytes, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>The media type the bytes have; of text, made more definite by what was declared. Without parameters.</summary>
    public string ContentType { get; }

    /// <summary>Whether it is a PNG, JPEG, GIF, WebP or AVIF by its first bytes; whether it can be decoded is not known.</summary>
    public bool IsImage => MediaTypes.IsRasterImage(ContentType);

    /// <summary>Whether a browser that showed it would run its scripts (HTML, SVG, XML): serve it only for download.</summary>
    public bool AttachmentOnly => MediaTypes.IsActive(ContentType);

    /// <summary>
    /// A seekable stream over the bytes from the first. Any number may be open; none outlives the upload. Synchronous reads block on the disk:
    /// they are for threads of one's own.
    /// </summary>
    public Stream OpenRead() => _spool.OpenRead();

    /// <summary>Stores the bytes under their detected type, replacing an object of the same key. The upload stays usable.</summary>
    /// <param name="store">Where to.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="cancellationToken">Ends the write; nothing is stored.</param>
    /// <returns>What was stored.</returns>
    public async Task<ObjectInfo> SaveAsync(IObjectStore store, string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var content = OpenRead();
        await using var disposal = content.ConfigureAwait(false);
        return await store.PutAsync(key, content, new() { ContentType = ContentType, Length = Size }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the memory and the temporary file back.</summary>
    public ValueTask DisposeAsync() => _spool.DisposeAsync();
}
