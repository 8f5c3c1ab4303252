namespace StratAI.Storage.Internal;

/// <summary>What the file system says when it cannot hold more.</summary>
internal static class DiskErrors
{
    private const int NoSpace = 28;
    private static readonly int QuotaExceeded = OperatingSystem.IsLinux() ? 122 : 69;
    private static readonly int[] Windows = [unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Whether the disk is full or a quota is used up. On Unix, .NET puts the errno where Windows has its HRESULT.</summary>
    public static bool IsFull(Exception exception) => exception is IOException
        && (OperatingSystem.IsWindows() ? Windows.Contains(exception.HResult) : exception.HResult == NoSpace || exception.HResult == QuotaExceeded);
}
