namespace StratAI.RateLimiting.Internal;

/// <summary>Turns a store's answer into the public decision.</summary>
internal static class Decisions
{
    public static RateLimitDecision From(ReadOnlySpan<LimitRequest> requests, in LimitReply reply, bool isDegraded = false)
    {
        var statuses = new RateLimitStatus[requests.Length];
        TimeSpan? retryAfter = null;
        var never = false;
        for (var i = 0; i < requests.Length; i++)
        {
            var status = statuses[i] = Status(requests[i], reply, reply.States[i]);
            never |= status is { Violated: true, RetryAfter: null };
            if (status.RetryAfter > (retryAfter ?? TimeSpan.MinValue))
            {
                retryAfter = status.RetryAfter;
            }
        }

        return new()
        {
            Outcome = reply.Acquired ? RateLimitOutcome.Acquired : RateLimitOutcome.QuotaExceeded,
            Policies = statuses,
            RetryAfter = never ? null : retryAfter,
            IsDegraded = isDegraded,
        };
    }

    /// <summary>The status of a policy that was not asked.</summary>
    public static RateLimitStatus Unknown(LimitPolicy policy, TimeSpan? retryAfter = null) => new()
    {
        Policy = policy.Name,
        Limit = policy.Gcra.Limit,
        Window = policy.Window,
        RetryAfter = retryAfter,
        Violated = retryAfter is not null,
    };

    private static RateLimitStatus Status(in LimitRequest request, in LimitReply reply, GcraState state)
    {
        var (gcra, now) = (request.Gcra, reply.NowMicros);
        var violated = !reply.Acquired && !gcra.HasRoom(state, request.Charge, now, out _);
        return new()
        {
            Policy = request.Policy.Name,
            Limit = gcra.Limit,
            Window = request.Policy.Window,
            Remaining = gcra.Remaining(state, now),
            ResetAfter = TimeSpan.FromMicroseconds(Gcra.ResetMicros(state, now)),
            RetryAfter = violated && gcra.RetryMicros(state, request.Charge, now) is { } micros ? TimeSpan.FromMicroseconds(micros) : null,
            Violated = violated,
        };
    }
}
