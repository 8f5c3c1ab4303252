namespace StratAI.Storage;

/// <summary>
/// Settings of the store. With <see cref="S3Options.Endpoint"/> set, objects live in its bucket; without, in <see
/// cref="FileSystemOptions.Root"/>.
/// </summary>
public sealed class StorageOptions
{
    /// <summary>The folder used when no S3 server is named, and the URLs that read from it.</summary>
    public FileSystemOptions FileSystem { get; set; } = new();

    /// <summary>The S3-compatible server, if any.</summary>
    public S3Options S3 { get; set; } = new();

    /// <summary>Buffers of the upload gate and of streams of unknown length.</summary>
    public UploadOptions Uploads { get; set; } = new();
}
