using System.Threading.RateLimiting;

namespace StratAI.RateLimiting.Internal;

/// <summary>
/// The lease of a decision; its metadata is that of the policy that refused or, when admitted, of the one that is nearest to refusing. Disposing it
/// gives back what is held; other permits refill with time alone.
/// </summary>
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

    private readonly RateLimitDecision? _decision;
    private readonly RateLimitStatus? _status;
    private readonly string? _reason;
    private readonly TimeSpan? _retryAfter;

    public DecisionLease(RateLimitDecision decision)
    {
        (_decision, _retryAfter, IsAcquired) = (decision, decision.RetryAfter, decision.IsAcquired);
        _status = decision.IsAcquired
            ? decision.Tightest ?? (decision.Policies.Count > 0 ? decision.Policies[0] : null)
            : decision.Policies.First(status => status is { Violated: true, IsShadow: false });
        _reason = ReasonOf(decision);
    }

    private DecisionLease(RateLimitStatus status, string reason) => (_status, _reason) = (status, reason);

    public override bool IsAcquired { get; }

    public override IEnumerable<string> MetadataNames => Names.Where(name => TryGetMetadata(name, out _));

    public long? Remaining => _status?.Remaining;

    public static DecisionLease NeedsAsync(LimitRequest[] requests) =>
        new(Decisions.Unknown(requests[0]), "A distributed limit is decided by AcquireAsync alone.");

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata =
            metadataName == MetadataName.RetryAfter.Name ? _retryAfter
            : metadataName == MetadataName.ReasonPhrase.Name ? _reason
            : metadataName == RateLimitMetadata.Policy.Name ? _status?.Policy
            : metadataName == RateLimitMetadata.Limit.Name ? _status?.Limit
            : metadataName == RateLimitMetadata.Remaining.Name ? _status?.Remaining
            : metadataName == RateLimitMetadata.ResetAfter.Name && _status?.Remaining is not null ? _status.ResetAfter
            : null;
        return metadata is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _decision is { Reservations.Count: > 0 })
        {
            // A lease has no asynchronous end. Nothing is lost if this fails: what is not given back is sent again.
            _ = _decision.DisposeAsync().AsTask();
        }

        base.Dispose(disposing);
    }

    private static string? ReasonOf(RateLimitDecision decision) => decision switch
    {
        { Outcome: RateLimitOutcome.Acquired } => null,
        { Outcome: RateLimitOutcome.Unavailable } => "Redis could not be asked.",
        _ when decision.Policies.Any(status => status.IsNever) => "The cost is above the limit.",
        { RetryAfter: null } => "Too much is held at the same time.",
        _ => "The quota is exceeded.",
    };
}
