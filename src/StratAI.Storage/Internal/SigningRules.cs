using System.Globalization;

namespace StratAI.Storage.Internal;

internal static class SigningRules
{
    /// <summary>The longest lifetime AWS Signature Version 4 allows; files keep to it so that moving to S3 changes nothing.</summary>
    private static readonly TimeSpan Maximum = TimeSpan.FromDays(7);

    public static void Validate(TimeSpan lifetime, SignedGetOptions options)
    {
        Validate(lifetime);
        if (options.ContentType is not null && !PutRules.IsContentType(options.ContentType))
        {
            throw new ArgumentException($"SignedGetOptions.ContentType is not a media type: '{options.ContentType}'.", nameof(options));
        }

        if (options.FileName?.Any(char.IsControl) == true)
        {
            throw new ArgumentException("SignedGetOptions.FileName has a control character.", nameof(options));
        }
    }

    public static void Validate(string key, TimeSpan lifetime, SignedPutOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectKey.Validate(key);
        Validate(lifetime);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Length, nameof(options));
        if (!PutRules.IsContentType(options.ContentType))
        {
            throw new ArgumentException($"SignedPutOptions.ContentType is not a media type: '{options.ContentType}'.", nameof(options));
        }
    }

    public static void Validate(string key, TimeSpan lifetime, PostPolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectKey.Validate(key);
        Validate(lifetime);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MinimumBytes, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumBytes, options.MinimumBytes, nameof(options));
        if (options.ContentType is not null && !PutRules.IsContentType(options.ContentType))
        {
            throw new ArgumentException($"PostPolicyOptions.ContentType is not a media type: '{options.ContentType}'.", nameof(options));
        }

        if (key.Contains("${filename}", StringComparison.Ordinal))
        {
            throw new ArgumentException("A form cannot store a key with '${filename}' in it: S3 would put the file's name there.", nameof(key));
        }
    }

    /// <summary>The headers that a signed PUT is bound to.</summary>
    public static IReadOnlyDictionary<string, string> HeadersOf(SignedPutOptions options) => new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Content-Length"] = options.Length.ToString(CultureInfo.InvariantCulture),
        ["Content-Type"] = options.ContentType,
    };

    /// <summary>The end of a lifetime in whole seconds, never sooner than asked.</summary>
    public static DateTimeOffset Expiry(DateTimeOffset now, TimeSpan lifetime) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Ceiling((now + lifetime - DateTimeOffset.UnixEpoch).TotalSeconds));

    private static void Validate(TimeSpan lifetime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, Maximum);
    }
}
