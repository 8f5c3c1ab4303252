using System.Text;

namespace StratAI.Storage.Internal;

/// <summary>The rules of keys, the same for every store so that an application can move between them.</summary>
internal static class ObjectKey
{
    private const int MaximumBytes = 1024;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The key as UTF-8, or <see cref="ObjectStoreFailure.InvalidKey"/>.</summary>
    public static byte[] Validate(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var utf8 = Encode(key);
        if (utf8.Length == 0)
        {
            throw Invalid("is empty");
        }

        foreach (var range in key.AsSpan().Split('/'))
        {
            if (key.AsSpan(range) is "" or "." or "..")
            {
                throw Invalid("has an empty, '.' or '..' segment, or begins or ends with '/'");
            }
        }

        return utf8;
    }

    public static void Validate(IReadOnlyCollection<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
        {
            Validate(key);
        }
    }

    /// <summary>The beginning of a key as UTF-8; unlike a key it may be empty or end anywhere.</summary>
    public static byte[] ValidatePrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Encode(prefix);
    }

    public static bool IsValid(string key)
    {
        try
        {
            Validate(key);
            return true;
        }
        catch (ObjectStoreException)
        {
            return false;
        }
    }

    /// <summary>The key as the path of a URL, its slashes kept.</summary>
    public static string ToUrlPath(string key) => string.Join('/', key.Split('/').Select(Uri.EscapeDataString));

    private static byte[] Encode(string key)
    {
        foreach (var c in key)
        {
            // U+FFFE and U+FFFF cannot stand in XML, so no S3 server could list them.
            if (char.IsControl(c) || c is '\uFFFE' or '\uFFFF')
            {
                throw Invalid("has a control character or noncharacter");
            }
        }

        byte[] utf8;
        try
        {
            utf8 = Strict.GetBytes(key);
        }
        catch (EncoderFallbackException)
        {
            throw Invalid("has half of a surrogate pair");
        }

        return utf8.Length <= MaximumBytes ? utf8 : throw Invalid($"is {utf8.Length} bytes of UTF-8 long, over the {MaximumBytes} allowed");
    }

    private static ObjectStoreException Invalid(string why) => new(ObjectStoreFailure.InvalidKey, $"The key {why}.");
}
