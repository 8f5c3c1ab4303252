namespace StratAI.Storage.Internal;

internal static class SigningRules
{
    /// <summary>The longest lifetime AWS Signature Version 4 allows; files keep to it so that moving to S3 changes nothing.</summary>
    private static readonly TimeSpan Maximum = TimeSpan.FromDays(7);

    public static void Validate(TimeSpan lifetime, SignedGetOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, Maximum);
        if (options.ContentType is not null && !PutRules.IsContentType(options.ContentType))
        {
            throw new ArgumentException($"SignedGetOptions.ContentType is not a media type: '{options.ContentType}'.", nameof(options));
        }

        if (options.FileName?.Any(char.IsControl) == true)
        {
            throw new ArgumentException("SignedGetOptions.FileName has a control character.", nameof(options));
        }
    }

    /// <summary>The end of a lifetime in whole seconds, never sooner than asked.</summary>
    public static DateTimeOffset Expiry(DateTimeOffset now, TimeSpan lifetime) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Ceiling((now + lifetime - DateTimeOffset.UnixEpoch).TotalSeconds));
}
