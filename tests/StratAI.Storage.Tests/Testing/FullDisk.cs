using System.Diagnostics;

namespace StratAI.Storage.Tests.Testing;

/// <summary>
/// A disk of one megabyte. It is a memory file system in a mount namespace of a process of its own, which needs no privileges, and is
/// reached through that process's root.
/// </summary>
public sealed class FullDisk : IAsyncDisposable
{
    private readonly Process _holder;
    private readonly string _mountPoint;

    private FullDisk(Process holder, string mountPoint)
    {
        (_holder, _mountPoint) = (holder, mountPoint);
        Folder = $"/proc/{holder.Id}/root{mountPoint}";
    }

    /// <summary>Its root.</summary>
    public string Folder { get; }

    public static async Task<FullDisk> MountAsync()
    {
        var mountPoint = Directory.CreateTempSubdirectory("stratai-disk-").FullName;
        // It ends with its standard input, so with the test's process at the latest.
        var script = $"mount -t tmpfs -o size=1m tmpfs {mountPoint} && echo mounted && read end";
        var holder = Process.Start(new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var disk = new FullDisk(holder, mountPoint);
        Assert.Equal("mounted", await holder.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        return disk;
    }

    /// <summary>Leaves room for about so many bytes.</summary>
    public async Task FillAsync(int leave)
    {
        var filler = Path.Combine(Folder, "filler");
        await using var file = File.Create(filler);
        try
        {
            while (true)
            {
                await file.WriteAsync(new byte[4096]);
                await file.FlushAsync();
            }
        }
        catch (IOException)
        {
            file.SetLength(file.Length - leave);
        }
    }

    public void Empty() => File.Delete(Path.Combine(Folder, "filler"));

    public async ValueTask DisposeAsync()
    {
        _holder.StandardInput.Close();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
        Directory.Delete(_mountPoint);
    }
}
