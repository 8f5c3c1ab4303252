using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using StratAI.Storage.Internal;

namespace StratAI.Storage.FileSystem;

/// <summary>
/// The key that signs URLs: the configured one, else one made once and kept in the store's folder, so that URLs survive a restart.
/// </summary>
internal static class SigningKey
{
    private const int KeyBytes = 32;

    public static byte[] Load(FileSystemOptions options, ILogger logger)
    {
        if (options.SigningKey is { } configured)
        {
            return Encoding.UTF8.GetBytes(configured);
        }

        var path = Path.Combine(Path.GetFullPath(options.Root), ".signing-key");
        if (!File.Exists(path))
        {
            Create(path, logger);
        }

        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes
            ? key
            : throw new InvalidDataException($"'{path}' is damaged: a signing key has {KeyBytes} bytes. Delete it to have a new one made.");
    }

    private static void Create(string path, ILogger logger)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + "." + Path.GetRandomFileName();
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
        }

        if (ExclusiveMove.TryMove(temporary, path))
        {
            logger.SigningKeyCreated();
        }
        else
        {
            // Another process made one first: both must use that.
            File.Delete(temporary);
        }
    }
}
