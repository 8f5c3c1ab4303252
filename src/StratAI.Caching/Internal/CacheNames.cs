using System.Text;

namespace StratAI.Caching.Internal;

/// <summary>Which keys and tags can be cached under.</summary>
internal static class CacheNames
{
    /// <summary>The tag that stands for every entry in <c>RemoveByTagAsync</c>.</summary>
    public const string AllTag = "*";

    /// <summary>The payload counts an entry's tags in one byte.</summary>
    public const int MaximumTags = byte.MaxValue;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool IsCacheable(string name, int maximumLength) =>
        name.Length <= maximumLength && !string.IsNullOrWhiteSpace(name) && IsWellFormed(name);

    public static bool AreCacheable(string[] tags, int maximumLength) =>
        tags.Length <= MaximumTags && Array.TrueForAll(tags, tag => IsCacheable(tag, maximumLength));

    /// <summary>The distinct tags of an entry.</summary>
    /// <exception cref="ArgumentException">A tag is null, blank, or <c>*</c>.</exception>
    public static string[] ToTags(IEnumerable<string>? tags)
    {
        string[] distinct = tags is null ? [] : [.. tags.Distinct(StringComparer.Ordinal)];
        foreach (var tag in distinct)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(tag, nameof(tags));
            if (tag == AllTag)
            {
                throw new ArgumentException("The tag '*' stands for all entries and cannot be given to one.", nameof(tags));
            }
        }

        return distinct;
    }

    public static bool IsWellFormed(string name)
    {
        // Two different malformed strings have the same UTF-8, and would share one entry in Redis.
        if (Ascii.IsValid(name))
        {
            return true;
        }

        try
        {
            Strict.GetByteCount(name);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
