using System.Runtime.InteropServices;

namespace StratAI.Storage.FileSystem;

/// <summary>Gives a file a name that must be free: of several processes that want it, one gets it.</summary>
internal static partial class ExclusiveMove
{
    private const int NoEntry = 2;
    private const int Exists = 17;

    /// <summary>Moves a file within its volume.</summary>
    /// <returns>False when the name is taken; the file then stays where it is.</returns>
    /// <exception cref="DirectoryNotFoundException">A folder of <paramref name="target"/> is missing.</exception>
    public static bool TryMove(string source, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(source, target, overwrite: false);
                return true;
            }
            catch (IOException) when (File.Exists(target))
            {
                return false;
            }
        }

        // On Unix, File.Move looks for the target and then renames over whatever came in between; link(2) does both at once.
        if (Link(source, target) == 0)
        {
            File.Delete(source);
            return true;
        }

        return Marshal.GetLastPInvokeError() switch
        {
            Exists => false,
            NoEntry => throw new DirectoryNotFoundException(),
            var error => throw new IOException(Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string created);
}
