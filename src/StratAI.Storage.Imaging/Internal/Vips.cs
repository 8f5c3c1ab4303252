using System.Runtime.CompilerServices;
using NetVips;

namespace StratAI.Storage.Imaging.Internal;

/// <summary>The native library, set up once for the process before its first use.</summary>
internal static class Vips
{
    private static readonly Lazy<bool> Ready = new(() =>
    {
        try
        {
            return Start();
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            return false;
        }
    });

    // libvips warns about every fault of a file on the process's standard error, where whoever uploads could write at will.
    private static readonly NetVips.Log.LogDelegate Silence = (_, _, _) => { };

    /// <summary>Whether libvips was found and started.</summary>
    public static bool IsAvailable => Ready.Value;

    // A method of its own: where it is compiled, NetVips is loaded and looks for the library.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Start()
    {
        if (!ModuleInitializer.VipsInitialized)
        {
            return false;
        }

        NetVips.NetVips.BlockUntrusted = true;
        // Nothing of one user's image stays in memory, and parallelism is this package's alone.
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = 1;
        NetVips.Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning | Enums.LogLevelFlags.Message | Enums.LogLevelFlags.Info, Silence);
        return true;
    }
}
