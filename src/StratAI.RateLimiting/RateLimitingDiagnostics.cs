namespace StratAI.RateLimiting;

/// <summary>Names of the package's telemetry. No tag or log line ever carries a key.</summary>
public static class RateLimitingDiagnostics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "StratAI.RateLimiting";

    /// <summary>The activity source's name.</summary>
    public const string ActivitySourceName = "StratAI.RateLimiting";

    /// <summary>
    /// Counter <c>{check}</c>: one per policy and decision. Tags <see cref="PolicyTag"/>, <see cref="OutcomeTag"/> (<c>acquired</c>; <c>rejected</c>: this
    /// policy refused; <c>withheld</c>: it would have admitted but another refused; <c>shadowed</c>: it would have refused, and only counts;
    /// <c>unavailable</c>) and <see cref="SourceTag"/>.
    /// </summary>
    public const string Checks = "stratai.rate_limiting.checks";

    /// <summary>
    /// Histogram, seconds: the time of a decision, whatever the number of policies. Tags <see cref="OutcomeTag"/> (<c>acquired</c>, <c>rejected</c>,
    /// <c>unavailable</c>) and <see cref="SourceTag"/>.
    /// </summary>
    public const string Duration = "stratai.rate_limiting.decision.duration";

    /// <summary>Counter <c>{check}</c>: admitted checks that left less than a fifth of the limit. Tag <see cref="PolicyTag"/>.</summary>
    public const string NearLimit = "stratai.rate_limiting.near_limit";

    /// <summary>Up-down counter <c>{reservation}</c>: permits and reservations that this instance holds.</summary>
    public const string Reservations = "stratai.rate_limiting.reservations";

    /// <summary>Gauge: 1 while Redis gave no answer so often that it is only tried once a second, else 0.</summary>
    public const string BreakerOpen = "stratai.rate_limiting.breaker.open";

    /// <summary>Counter <c>{failure}</c>: calls to Redis that gave no answer. Tag <see cref="ReasonTag"/>: <c>timeout</c>, <c>connection</c> or <c>error</c>.</summary>
    public const string RedisFailures = "stratai.rate_limiting.redis.failures";

    /// <summary>Tag: the policy's name.</summary>
    public const string PolicyTag = "policy";

    /// <summary>Tag of activities: how many policies were asked together.</summary>
    public const string PolicyCountTag = "policies";

    /// <summary>Tag: how it ended.</summary>
    public const string OutcomeTag = "outcome";

    /// <summary>Tag: what decided: <c>embedded</c>, <c>redis</c>, <c>block</c> (permits taken in advance), <c>denial</c> (a refusal that is remembered), or <c>outage</c>
    /// when Redis is configured and could not be asked.</summary>
    public const string SourceTag = "source";

    /// <summary>Tag: why Redis gave no answer.</summary>
    public const string ReasonTag = "reason";
}
