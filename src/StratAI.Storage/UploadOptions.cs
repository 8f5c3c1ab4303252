namespace StratAI.Storage;

/// <summary>Where bytes wait until they have passed every check.</summary>
public sealed class UploadOptions
{
    /// <summary>Bytes kept in memory per upload, 4 KiB to 1 MiB; a longer body moves to a temporary file. Default 64 KiB.</summary>
    public int MemoryThresholdBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// The folder of temporary files, made when missing. Default: the system's. The files have no name there on Unix, and none survives the
    /// process.
    /// </summary>
    public string TemporaryFolder { get; set; } = Path.GetTempPath();
}
