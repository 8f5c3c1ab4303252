namespace StratAI.Storage;

/// <summary>Where bytes wait until they have passed every check, and how long.</summary>
public sealed class UploadOptions
{
    /// <summary>Bytes kept in memory per upload, 4 KiB to 1 MiB; a longer body moves to a temporary file. Default 64 KiB.</summary>
    public int MemoryThresholdBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// The folder of temporary files, made when missing. Default: the system's. The files have no name there on Unix, and none survives the
    /// process.
    /// </summary>
    public string TemporaryFolder { get; set; } = Path.GetTempPath();

    /// <summary>
    /// How long each <see cref="IUploadScanner"/> may take for one upload, 1 s to 10 min; past it, the upload is not taken. Default 30 s.
    /// </summary>
    public TimeSpan ScanTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
