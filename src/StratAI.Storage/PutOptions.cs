using System.Collections.ObjectModel;

namespace StratAI.Storage;

/// <summary>How an object is stored.</summary>
public sealed record PutOptions
{
    internal static readonly IReadOnlyDictionary<string, string> NoMetadata = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// The media type, as it will be answered. Default <c>application/octet-stream</c>; at most 255 visible ASCII characters and spaces.
    /// </summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>
    /// Number of bytes the stream will give. <see langword="null"/>, the default, takes it from a seekable stream, and otherwise buffers
    /// through a temporary file where the store must know it first. A stream that gives another number fails with
    /// <see cref="ObjectStoreFailure.Corrupt"/> and stores nothing.
    /// </summary>
    public long? Length { get; init; }

    /// <summary>
    /// Small facts kept with the object: names of letters, digits and <c>-</c> (kept in lower case), values of visible ASCII with inner
    /// spaces,
    /// 2,048 bytes in all. Encode anything else, for instance with <see cref="Uri.EscapeDataString(string)"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = NoMetadata;

    /// <summary>
    /// Store only if the key is free, decided atomically: of several writers one wins, the others fail with <see
    /// cref="ObjectStoreFailure.PreconditionFailed"/>. Default <see langword="false"/>: replace.
    /// </summary>
    public bool OnlyIfAbsent { get; init; }
}
