namespace StratAI.Storage;

/// <summary>What a signed form may store.</summary>
public sealed record PostPolicyOptions
{
    /// <summary>The fewest bytes, 0 or more. Default 0.</summary>
    public long MinimumBytes { get; init; }

    /// <summary>The most bytes, at least <see cref="MinimumBytes"/>.</summary>
    public required long MaximumBytes { get; init; }

    /// <summary>
    /// The media type the client must send and the object gets. Default <see langword="null"/>: none is sent, and the store takes one that
    /// says nothing of the bytes.
    /// </summary>
    public string? ContentType { get; init; }
}
