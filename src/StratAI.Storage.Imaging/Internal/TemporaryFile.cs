namespace StratAI.Storage.Imaging.Internal;

/// <summary>A file without a name, for bytes that libvips reads or writes: it wants to seek, and they should not fill memory.</summary>
internal static class TemporaryFile
{
    private const int BufferBytes = 64 * 1024;

    public static FileStream Create(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "stratai-" + Path.GetRandomFileName());
        var windows = OperatingSystem.IsWindows();
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = windows ? FileOptions.Asynchronous | FileOptions.DeleteOnClose : FileOptions.Asynchronous,
            BufferSize = BufferBytes,
        });
        if (!windows)
        {
            // Unlinked while open: the kernel frees it when it is closed, also when the process is killed.
            File.Delete(path);
        }

        return file;
    }

    /// <summary>Copies what <paramref name="openAsync"/> opens, and closes it.</summary>
    /// <exception cref="ImageRefusedException">There is nothing, or it is over the limit.</exception>
    public static async Task<Stream> CopyAsync(
        Func<CancellationToken, Task<Stream?>> openAsync, long maximum, string folder, CancellationToken cancellationToken)
    {
        var content = await openAsync(cancellationToken).ConfigureAwait(false) ?? throw new ImageRefusedException(Refusals.NotFound);
        await using var disposal = content.ConfigureAwait(false);
        var file = Create(folder);
        try
        {
            var buffer = new byte[BufferBytes];
            int count;
            while ((count = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (file.Position + count > maximum)
                {
                    throw new ImageRefusedException(Refusals.TooManyBytes(maximum));
                }

                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }

            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
