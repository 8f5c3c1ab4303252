namespace StratAI.Storage;

/// <summary>What a copy has of its own.</summary>
public sealed record CopyOptions
{
    /// <summary>The copy's media type. Default <see langword="null"/>: that of the source.</summary>
    public string? ContentType { get; init; }

    /// <summary>The copy's metadata, by the rules of <see cref="PutOptions.Metadata"/>. Default <see langword="null"/>: that of the source.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>How the copy of an object is stored.</summary>
    internal PutOptions For(ObjectInfo source) => new()
    {
        ContentType = ContentType ?? source.ContentType ?? new PutOptions().ContentType,
        Metadata = Metadata ?? source.Metadata,
        Length = source.Size,
    };
}
