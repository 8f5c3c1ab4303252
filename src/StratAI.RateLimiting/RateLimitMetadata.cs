using System.Threading.RateLimiting;

namespace StratAI.RateLimiting;

/// <summary>
/// Metadata of the leases, beside the standard <see cref="MetadataName.RetryAfter"/> and <see cref="MetadataName.ReasonPhrase"/>. Present on
/// admitted and refused leases alike, unless said otherwise.
/// </summary>
public static class RateLimitMetadata
{
    /// <summary>The policy's name.</summary>
    public static MetadataName<string> Policy { get; } = new("RATELIMIT_POLICY");

    /// <summary>The policy's limit, in permits.</summary>
    public static MetadataName<long> Limit { get; } = new("RATELIMIT_LIMIT");

    /// <summary>The permits left; absent when not known (see <see cref="RateLimitStatus.Remaining"/>).</summary>
    public static MetadataName<long> Remaining { get; } = new("RATELIMIT_REMAINING");

    /// <summary>The time until the bucket is full again; absent when <see cref="Remaining"/> is.</summary>
    public static MetadataName<TimeSpan> ResetAfter { get; } = new("RATELIMIT_RESET_AFTER");
}
