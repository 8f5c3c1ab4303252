namespace StratAI.Storage;

/// <summary>What a request may read, and how it is answered.</summary>
/// <param name="Key">The object's key in the store, which need not be that of the URL.</param>
public sealed record ObjectAccess(string Key)
{
    /// <summary>The name a download is saved under; any Unicode. Default: none.</summary>
    public string? FileName { get; init; }

    /// <summary>The media type answered in place of the stored one. Default: the stored one.</summary>
    public string? ContentType { get; init; }

    /// <summary>Download rather than show, whatever the type. Default <see langword="false"/>; HTML, SVG and XML are downloaded always.</summary>
    public bool Attachment { get; init; }

    /// <summary>The <c>Cache-Control</c> of what is streamed. Default <c>private, no-cache</c>. Redirects are never stored.</summary>
    public string CacheControl { get; init; } = "private, no-cache";
}
