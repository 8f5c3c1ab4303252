namespace StratAI.Storage;

/// <summary>What a signed PUT stores.</summary>
public sealed record SignedPutOptions
{
    /// <summary>Number of bytes, 0 or more; a request of another length is refused.</summary>
    public required long Length { get; init; }

    /// <summary>The media type the client must send and the object gets. Default <c>application/octet-stream</c>.</summary>
    public string ContentType { get; init; } = "application/octet-stream";
}
