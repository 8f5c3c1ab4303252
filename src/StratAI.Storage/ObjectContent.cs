namespace StratAI.Storage;

/// <summary>An open object. Dispose it to give the connection or file handle back, also when the stream was read to its end.</summary>
public sealed class ObjectContent : IAsyncDisposable
{
    /// <summary>Makes the answer of a store.</summary>
    /// <param name="info">The object the bytes belong to.</param>
    /// <param name="stream">The bytes of <paramref name="range"/>, disposed with this object.</param>
    /// <param name="range">The bytes served, its length always given; <see langword="null"/> when it is the whole object.</param>
    public ObjectContent(ObjectInfo info, Stream stream, ByteRange? range = null)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(stream);
        Info = info;
        Stream = stream;
        Range = range;
    }

    /// <summary>The object, as it was when it was opened: a later write does not change what this stream reads.</summary>
    public ObjectInfo Info { get; }

    /// <summary>
    /// The bytes, read as they arrive. A store that fails meanwhile throws <see cref="ObjectStoreException"/> from the read.
    /// </summary>
    public Stream Stream { get; }

    /// <summary>
    /// The bytes served, cut to the object's end and with its length filled in; <see langword="null"/> when no range was asked for.
    /// </summary>
    public ByteRange? Range { get; }

    /// <summary>Number of bytes <see cref="Stream"/> gives.</summary>
    public long Length => Range?.Length ?? Info.Size;

    /// <summary>Closes the stream; an unread rest is not downloaded.</summary>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
