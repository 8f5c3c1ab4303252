namespace StratAI.Storage;

/// <summary>How the answer of a signed URL presents itself.</summary>
public sealed record SignedGetOptions
{
    /// <summary>The name a download is saved under; any Unicode but control characters. Default: none.</summary>
    public string? FileName { get; init; }

    /// <summary>The media type answered in place of the stored one. Default: the stored one.</summary>
    public string? ContentType { get; init; }

    /// <summary>
    /// Show in the browser rather than download. Default <see langword="false"/>. HTML, SVG and XML are downloaded all the same, since they
    /// run scripts;
    /// to know the type, S3 is asked for it once when <see cref="ContentType"/> does not say.
    /// </summary>
    public bool Inline { get; init; }
}
