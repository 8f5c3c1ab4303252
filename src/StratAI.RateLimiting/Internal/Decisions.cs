namespace StratAI.RateLimiting.Internal;

/// <summary>Turns a store's answer into the public decision.</summary>
internal static class Decisions
{
    public static RateLimitDecision From(ReadOnlySpan<LimitRequest> requests, in LimitReply reply, bool isDegraded = false)
    {
        var statuses = new RateLimitStatus[requests.Length];
        for (var i = 0; i < statuses.Length; i++)
        {
            statuses[i] = Status(requests[i], reply.Buckets[i]);
        }

        return From(reply.Acquired, statuses, isDegraded);
    }

    public static RateLimitDecision From(bool acquired, RateLimitStatus[] statuses, bool isDegraded = false) => new()
    {
        Outcome = acquired ? RateLimitOutcome.Acquired : RateLimitOutcome.QuotaExceeded,
        Policies = statuses,
        RetryAfter = acquired ? null : RetryAfter(statuses),
        IsDegraded = isDegraded,
    };

    /// <summary>The longest of the waits; none if one of them is for ever, or for others.</summary>
    public static TimeSpan? RetryAfter(ReadOnlySpan<RateLimitStatus> statuses)
    {
        TimeSpan? longest = null;
        foreach (var status in statuses)
        {
            if (!status.Violated || status.IsShadow)
            {
                continue;
            }

            if (status.RetryAfter is not { } wait)
            {
                return null;
            }

            longest = wait > (longest ?? TimeSpan.MinValue) ? wait : longest;
        }

        return longest;
    }

    /// <summary>The status of a policy that was not asked.</summary>
    public static RateLimitStatus Unknown(in LimitRequest request, TimeSpan? retryAfter = null) => new()
    {
        Policy = request.Policy.Name,
        Algorithm = request.Rules.Algorithm,
        Limit = request.Rules.Limit,
        Window = request.Rules.Window,
        RetryAfter = retryAfter,
        Violated = retryAfter is not null,
        IsShadow = request.Policy.IsShadow,
    };

    public static RateLimitStatus Status(in LimitRequest request, in BucketView view) => new()
    {
        Policy = request.Policy.Name,
        Algorithm = request.Rules.Algorithm,
        Limit = request.Rules.Limit,
        Window = request.Rules.Window,
        Remaining = view.Remaining,
        ResetAfter = TimeSpan.FromMicroseconds(view.ResetMicros),
        RetryAfter = view.RetryMicros >= 0 ? TimeSpan.FromMicroseconds(view.RetryMicros) : null,
        Violated = view.IsViolated,
        IsNever = view.RetryMicros == BucketView.Never,
        IsShadow = request.Policy.IsShadow,
    };
}
