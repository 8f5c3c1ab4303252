namespace StratAI.Storage;

/// <summary>Objects as files of one folder, on one machine.</summary>
public sealed class FileSystemOptions
{
    /// <summary>
    /// The folder, made when missing; relative to the working directory. It belongs to the store alone. Default <c>.data/objects</c>.
    /// </summary>
    public string Root { get; set; } = ".data/objects";

    /// <summary>
    /// The secret that signs URLs, at least 32 bytes of UTF-8. Default <see langword="null"/>: a random one, made once and kept in
    /// <see cref="Root"/> as <c>.signing-key</c>. Changing it ends every URL signed before.
    /// </summary>
    public string? SigningKey { get; set; }

    /// <summary>
    /// Where <c>MapStoredObjects</c> serves signed URLs: begins with <c>/</c>, does not end with it. Default <c>/objects</c>.
    /// </summary>
    public string PublicPath { get; set; } = "/objects";

    /// <summary>
    /// Put before <see cref="PublicPath"/> in signed URLs, such as <c>https://files.example.com</c>. Default <see langword="null"/>: URLs
    /// are paths.
    /// </summary>
    public Uri? BaseAddress { get; set; }
}
