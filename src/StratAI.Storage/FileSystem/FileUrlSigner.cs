using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using StratAI.Storage.Internal;

namespace StratAI.Storage.FileSystem;

/// <summary>Signs URLs of <c>MapStoredObjects</c>: HMAC-SHA-256 over the key, the expiry and how the answer presents itself.</summary>
internal sealed class FileUrlSigner(FileSystemOptions fileSystem, TimeProvider time, ILogger<IUrlSigner> logger) : IUrlSigner
{
    private readonly byte[] _key = SigningKey.Load(fileSystem, logger);

    public enum Verdict
    {
        Valid,
        Invalid,
        Expired,
    }

    public Task<SignedUrl> SignGetAsync(string key, TimeSpan lifetime, SignedGetOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(SignGet(key, lifetime, options ?? new()));
        }
        catch (Exception exception) when (exception is ObjectStoreException or ArgumentException)
        {
            // In the task, where the S3 signer has it as well.
            return Task.FromException<SignedUrl>(exception);
        }
    }

    /// <summary>Decides on a request. The signature comes first, so that an unsigned expiry tells nothing.</summary>
    public Verdict Verify(string key, string expires, SignedGetOptions get, string signature)
    {
        var expected = Encoding.ASCII.GetBytes(Sign(key, expires, get));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature)))
        {
            return Verdict.Invalid;
        }

        // Signed, so it is the number written above.
        var seconds = long.Parse(expires, NumberStyles.None, CultureInfo.InvariantCulture);
        return time.GetUtcNow().ToUnixTimeSeconds() < seconds ? Verdict.Valid : Verdict.Expired;
    }

    private SignedUrl SignGet(string key, TimeSpan lifetime, SignedGetOptions get)
    {
        ObjectKey.Validate(key);
        SigningRules.Validate(lifetime, get);

        var expires = SigningRules.Expiry(time.GetUtcNow(), lifetime);
        var seconds = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var url = new StringBuilder(fileSystem.BaseAddress?.AbsoluteUri.TrimEnd('/'))
            .Append(fileSystem.PublicPath).Append('/').Append(ObjectKey.ToUrlPath(key))
            .Append("?expires=").Append(seconds);
        Add(url, "filename", get.FileName);
        Add(url, "type", get.ContentType);
        Add(url, "inline", get.Inline ? "1" : null);
        Add(url, "signature", Sign(key, seconds, get));
        return new(new(url.ToString(), UriKind.RelativeOrAbsolute), expires);
    }

    // No field can hold a line feed: keys and options refuse control characters, so the joined text has one reading. The path is in it
    // so that stores which share a signing key do not take each other's URLs.
    private string Sign(string key, string expires, SignedGetOptions get) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(
            _key,
            Encoding.UTF8.GetBytes(string.Join('\n', "stratai-get-v1", fileSystem.PublicPath, key, expires, get.Inline ? "1" : "", get.FileName, get.ContentType))));

    private static void Add(StringBuilder url, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            url.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
