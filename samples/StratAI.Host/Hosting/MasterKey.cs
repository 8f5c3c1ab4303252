using System.Security.Cryptography;
using System.Text;

namespace StratAI.Host.Hosting;

/// <summary>
/// The one secret that all instances share; the keys of cursors, signed URLs and hashed limits are derived from it (HKDF, RFC 5869). Configured as
/// <c>MasterKey</c>; an embedded host makes one at its first start and keeps it in the data folder.
/// </summary>
internal sealed class MasterKey(byte[] secret)
{
    private const int MinimumBytes = 32;

    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Encoding.UTF8.GetBytes("stratai-host/" + purpose));

    /// <exception cref="StartupException">The configured key is no base64 text of at least 32 bytes, or there is none though instances must share one.</exception>
    public static MasterKey Load(string? configured, DataFolder? folder, bool shared)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            var bytes = new byte[configured.Length];
            return Convert.TryFromBase64String(configured, bytes, out var length) && length >= MinimumBytes
                ? new(bytes[..length])
                : throw new StartupException($"MasterKey must be base64 of at least {MinimumBytes} random bytes, for example the output of 'openssl rand -base64 32'.");
        }

        if (shared || folder is null)
        {
            throw new StartupException(
                "MasterKey must be set when PostgreSQL or Redis is configured: the instances sign cursors and URLs with it. Give all of them the same output of 'openssl rand -base64 32'.");
        }

        var file = Path.Combine(folder.Path, "master.key");
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var stream = new FileStream(file, options);
            stream.Write(RandomNumberGenerator.GetBytes(MinimumBytes));
            stream.Flush(flushToDisk: true);
        }

        var secret = File.ReadAllBytes(file);
        return secret.Length >= MinimumBytes ? new(secret) : throw new StartupException($"'{file}' is damaged: it holds fewer than {MinimumBytes} bytes. Delete it to have a new one made.");
    }
}
