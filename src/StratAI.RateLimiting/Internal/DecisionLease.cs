using System.Threading.RateLimiting;

namespace StratAI.RateLimiting.Internal;

/// <summary>The lease of a decision about one policy. Permits refill with time alone, so disposing it gives nothing back.</summary>
internal sealed class DecisionLease : RateLimitLease
{
    private static readonly string[] Names =
    [
        MetadataName.RetryAfter.Name,
        MetadataName.ReasonPhrase.Name,
        RateLimitMetadata.Policy.Name,
        RateLimitMetadata.Limit.Name,
        RateLimitMetadata.Remaining.Name,
        RateLimitMetadata.ResetAfter.Name,
    ];

    private readonly RateLimitStatus _status;
    private readonly string? _reason;

    public DecisionLease(RateLimitDecision decision)
        : this(decision.Policies[0], decision.IsAcquired, ReasonOf(decision))
    {
    }

    private DecisionLease(RateLimitStatus status, bool isAcquired, string? reason)
    {
        (_status, IsAcquired, _reason) = (status, isAcquired, reason);
    }

    public override bool IsAcquired { get; }

    public override IEnumerable<string> MetadataNames => Names.Where(name => TryGetMetadata(name, out _));

    public static DecisionLease NeedsAsync(LimitPolicy policy) =>
        new(Decisions.Unknown(policy), isAcquired: false, "A distributed limit is decided by AcquireAsync alone.");

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata =
            metadataName == MetadataName.RetryAfter.Name ? _status.RetryAfter
            : metadataName == MetadataName.ReasonPhrase.Name ? _reason
            : metadataName == RateLimitMetadata.Policy.Name ? _status.Policy
            : metadataName == RateLimitMetadata.Limit.Name ? _status.Limit
            : metadataName == RateLimitMetadata.Remaining.Name ? _status.Remaining
            : metadataName == RateLimitMetadata.ResetAfter.Name && _status.Remaining is not null ? _status.ResetAfter
            : null;
        return metadata is not null;
    }

    private static string? ReasonOf(RateLimitDecision decision) => decision switch
    {
        { Outcome: RateLimitOutcome.Acquired } => null,
        { Outcome: RateLimitOutcome.Unavailable } => "Redis could not be asked.",
        { RetryAfter: null } => "The cost is above the limit.",
        _ => "The quota is exceeded.",
    };
}
