using System.Globalization;

namespace StratAI.Host.Hosting;

/// <summary>
/// The folder that holds what is embedded. One instance holds it at a time: a second one on the same folder would break limits, locks and caches
/// without a word, so it is refused at start.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <exception cref="StartupException">Another instance holds the folder, or it cannot be written.</exception>
    public static DataFolder Open(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        var (file, holder) = (System.IO.Path.Combine(path, "instance.lock"), System.IO.Path.Combine(path, "instance.pid"));
        try
        {
            Directory.CreateDirectory(path);
            // The lock belongs to the open file: a process that dies, however it dies, gives it back. What is locked cannot be read by others
            // either, so the holder's name is in a file of its own.
            var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new(path, held);
        }
        catch (IOException) when (File.Exists(file))
        {
            throw new StartupException(
                $"The data folder '{path}' is in use by another instance of the host (process {(File.Exists(holder) ? File.ReadAllText(holder) : "unknown")}). "
                + "An embedded host runs as one instance: stop the other one, give this one a folder of its own with Data:Folder, "
                + "or configure PostgreSQL, Redis and S3 to run several.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data folder '{path}' cannot be written: {exception.Message} Set Data:Folder to a folder that can.");
        }
    }

    public void Dispose() => _lock.Dispose();
}
