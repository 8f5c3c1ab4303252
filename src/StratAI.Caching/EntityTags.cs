using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace StratAI.Caching;

/// <summary>Makes strong entity tags (RFC 9110, section 8.8.3).</summary>
public static class EntityTags
{
    private const int HashBytes = 16;

    /// <summary>A tag that changes exactly when the bytes do: the first 128 bits of their SHA-256, as 32 lower-case hexadecimal digits.</summary>
    /// <param name="content">The representation as it is sent.</param>
    public static EntityTagHeaderValue FromContent(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return new($"\"{Convert.ToHexStringLower(hash[..HashBytes])}\"");
    }

    /// <summary>
    /// A tag from a number that changes whenever the representation does, such as a row's version. It knows nothing of how the
    /// representation is made: after a release that renders the same row in another way, clients keep what they have.
    /// </summary>
    /// <param name="version">The version.</param>
    public static EntityTagHeaderValue FromVersion(long version) => FromVersion(version.ToString(CultureInfo.InvariantCulture));

    /// <summary>A tag from a text that changes whenever the representation does; see <see cref="FromVersion(long)"/>.</summary>
    /// <param name="version">The version: at least one character, all of them visible ASCII other than the quotation mark.</param>
    /// <exception cref="ArgumentException">The version is empty or holds another character.</exception>
    public static EntityTagHeaderValue FromVersion(string version)
    {
        ArgumentException.ThrowIfNullOrEmpty(version);
        if (version.AsSpan().ContainsAnyExceptInRange('!', '~') || version.Contains('"', StringComparison.Ordinal))
        {
            throw new ArgumentException("A version in an entity tag is visible ASCII without quotation marks.", nameof(version));
        }

        return new($"\"{version}\"");
    }
}
