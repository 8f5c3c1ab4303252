using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using StratAI.Storage.Internal;

namespace StratAI.Storage.FileSystem;

/// <summary>The HMAC-SHA-256 that is the credential of URLs served by <c>MapStoredObjects</c>.</summary>
internal sealed class FileSignature(FileSystemOptions fileSystem, TimeProvider time, ILogger<IUrlSigner> logger)
{
    private readonly byte[] _key = SigningKey.Load(fileSystem, logger);

    public enum Verdict
    {
        Valid,
        Invalid,
        Expired,
    }

    /// <summary>A URL of an object that carries its expiry, parameters, of which empty ones are left out, and its signature.</summary>
    /// <param name="purpose">What it may be used for: one signed for another purpose is not valid.</param>
    /// <param name="key">The object's name.</param>
    /// <param name="lifetime">How long it works.</param>
    /// <param name="parameters">What else is signed, in the order in which it is verified.</param>
    public SignedUrl Sign(string purpose, string key, TimeSpan lifetime, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var expires = SigningRules.Expiry(time.GetUtcNow(), lifetime);
        var seconds = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var url = new StringBuilder(fileSystem.BaseAddress?.AbsoluteUri.TrimEnd('/'))
            .Append(fileSystem.PublicPath).Append('/').Append(ObjectKey.ToUrlPath(key))
            .Append("?expires=").Append(seconds);
        var values = new string?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            (var name, values[i]) = parameters[i];
            if (!string.IsNullOrEmpty(values[i]))
            {
                url.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(values[i]!));
            }
        }

        url.Append("&signature=").Append(Compute(purpose, key, seconds, values));
        return new(new(url.ToString(), UriKind.RelativeOrAbsolute), expires);
    }

    /// <summary>Decides on a request. The signature comes first, so that an unsigned expiry tells nothing.</summary>
    public Verdict Verify(string purpose, string key, string expires, string signature, params ReadOnlySpan<string?> values)
    {
        var expected = Encoding.ASCII.GetBytes(Compute(purpose, key, expires, values));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature)))
        {
            return Verdict.Invalid;
        }

        // Signed, so it is the number written above.
        var seconds = long.Parse(expires, NumberStyles.None, CultureInfo.InvariantCulture);
        return time.GetUtcNow().ToUnixTimeSeconds() < seconds ? Verdict.Valid : Verdict.Expired;
    }

    // No value can hold a line feed: keys and options refuse control characters, so the joined text has one reading.
    private string Compute(string purpose, string key, string expires, params ReadOnlySpan<string?> values) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Join('\n', [purpose, key, expires, .. values]))));
}
