namespace StratAI.Storage;

/// <summary>What a store knows of an object besides its bytes.</summary>
public sealed record ObjectInfo
{
    /// <summary>The object's name in the store.</summary>
    public required string Key { get; init; }

    /// <summary>Size of the whole object in bytes, also when only a range of it was read.</summary>
    public required long Size { get; init; }

    /// <summary>
    /// A strong entity tag without its quotes: it changes whenever the bytes change. Opaque; stores make it in different ways.
    /// </summary>
    public required string ETag { get; init; }

    /// <summary>The media type the object was stored with; <see langword="null"/> in a listing, where S3 does not tell it.</summary>
    public string? ContentType { get; init; }

    /// <summary>When the bytes were stored, by the store's clock; servers keep whole seconds or milliseconds.</summary>
    public required DateTimeOffset LastModified { get; init; }

    /// <summary>The <see cref="PutOptions.Metadata"/> the object was stored with, names in lower case; empty in a listing.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = PutOptions.NoMetadata;
}
