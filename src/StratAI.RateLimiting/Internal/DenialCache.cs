namespace StratAI.RateLimiting.Internal;

/// <summary>
/// Refusals that are still true: a key that was refused until some time is refused until then without asking anybody. Held permits are left out, as they can come
/// back at any time.
/// </summary>
internal sealed class DenialCache(TimeSpan longest, TimeProvider time)
{
    private readonly LocalTable<Denial> _denials = new(time, denial => denial.EndsAt);

    public void Clear() => _denials.Clear();

    /// <summary>The refusal that the requests would get, if it is known.</summary>
    public RateLimitDecision? Find(ReadOnlySpan<LimitRequest> requests)
    {
        if (_denials.Count == 0)
        {
            return null;
        }

        RateLimitStatus[]? statuses = null;
        for (var i = 0; i < requests.Length; i++)
        {
            // Another cost waits for another time: a larger one is refused too, but for longer. So does a key that came on another plan.
            if (_denials.TryGet(requests[i], out var denial)
                && requests[i].Cost == denial.Cost && requests[i].Rules == denial.Rules
                && time.GetTimestamp() is var now && now < denial.EndsAt)
            {
                statuses ??= new RateLimitStatus[requests.Length];
                var elapsed = time.GetElapsedTime(denial.AskedAt, now);
                statuses[i] = denial.Status.After(elapsed, denial.Status.RetryAfter!.Value - elapsed);
            }
        }

        for (var i = 0; i < statuses?.Length; i++)
        {
            statuses[i] ??= Decisions.Unknown(requests[i]);
        }

        return statuses is null ? null : Decisions.From(acquired: false, statuses);
    }

    /// <summary>
    /// Remembers the refusals of an answer. Its times count from when it was asked for: Redis decided later, so that nobody is kept out for longer than Redis
    /// would.
    /// </summary>
    public void Add(ReadOnlySpan<LimitRequest> requests, IReadOnlyList<RateLimitStatus> statuses, long askedAt)
    {
        for (var i = 0; longest > TimeSpan.Zero && i < requests.Length; i++)
        {
            if (statuses[i] is { Violated: true, IsShadow: false, RetryAfter: { } retryAfter } status && !requests[i].Rules.IsHeld)
            {
                var lasts = retryAfter < longest ? retryAfter : longest;
                _denials.Set(requests[i], new(requests[i].Cost, requests[i].Rules, askedAt, askedAt + (long)(lasts.TotalSeconds * time.TimestampFrequency), status));
            }
        }
    }

    private sealed record Denial(long Cost, LimitRules Rules, long AskedAt, long EndsAt, RateLimitStatus Status);
}
