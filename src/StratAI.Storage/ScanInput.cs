using StratAI.Storage.Internal;

namespace StratAI.Storage;

/// <summary>An upload as an <see cref="IUploadScanner"/> sees it: to be read, not to be changed or kept.</summary>
public sealed class ScanInput
{
    private readonly Spool _spool;

    internal ScanInput(Spool spool, string sha256, string contentType)
    {
        _spool = spool;
        Sha256 = sha256;
        ContentType = contentType;
    }

    /// <summary>Number of bytes, at least 1.</summary>
    public long Size => _spool.Length;

    /// <summary>SHA-256 of the bytes, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>The media type it would be stored under. Without parameters.</summary>
    public string ContentType { get; }

    /// <summary>A seekable stream over the bytes from the first, to be read asynchronously. Any number may be open.</summary>
    public Stream OpenRead() => _spool.OpenRead();
}
