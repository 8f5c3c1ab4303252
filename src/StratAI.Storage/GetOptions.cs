namespace StratAI.Storage;

/// <summary>Which bytes of an object to open, and on what condition.</summary>
public sealed record GetOptions
{
    /// <summary>
    /// The bytes wanted; <see langword="null"/>, the default, is all of them. A range that begins at or after the end fails with
    /// <see cref="ObjectStoreFailure.RangeNotSatisfiable"/>.
    /// </summary>
    public ByteRange? Range { get; init; }

    /// <summary>
    /// Open only an object with this <see cref="ObjectInfo.ETag"/>: any other fails with <see cref="ObjectStoreFailure.PreconditionFailed"/>.
    /// Default: whichever is there.
    /// </summary>
    public string? IfMatch { get; init; }

    /// <summary>
    /// Open only an object with another <see cref="ObjectInfo.ETag"/> than this: the same fails with
    /// <see cref="ObjectStoreFailure.NotModified"/>. Default: whichever is there.
    /// </summary>
    public string? IfNoneMatch { get; init; }
}
