namespace StratAI.Storage.Tests.Testing;

/// <summary>Temporary files have no name, so look for open handles: the kernel tells where they were.</summary>
public static class OpenFiles
{
    public static List<string> Of(string folder) =>
    [
        .. new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
            .Select(TargetOf)
            .OfType<string>()
            .Where(target => target.StartsWith(folder, StringComparison.Ordinal)),
    ];

    private static string? TargetOf(FileSystemInfo handle)
    {
        try
        {
            return handle.LinkTarget;
        }
        catch (IOException)
        {
            // Closed by another test meanwhile.
            return null;
        }
    }
}
